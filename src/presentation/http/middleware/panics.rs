//! Turns a panic into an answer, so that it does not end the connection.

use std::panic::AssertUnwindSafe;

use actix_web::Error;
use futures_util::FutureExt;

use crate::presentation::http::problem::{Problem, ProblemCode};

/// Awaits `answer`, and returns 500 if it panics.
pub async fn catch_panics<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    // Unwind safe because the state of a panicking request is dropped with the future.
    let outcome = AssertUnwindSafe(answer).catch_unwind().await;
    outcome.unwrap_or_else(|_panic| Err(Problem::new(ProblemCode::InternalError).into()))
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App, HttpResponse,
        body::to_bytes,
        http::header,
        middleware::from_fn,
        test::{TestRequest, init_service, try_call_service},
        web,
    };
    use rstest::rstest;

    use crate::presentation::http::{
        middleware::{cors::cors, inner::inner, outer::outer},
        problem::PROBLEM_JSON,
        settings::HttpSettings,
    };

    const FRONT_END: &str = "https://app.example.com";

    async fn panicking() -> HttpResponse {
        panic!("a word from the inside");
    }

    #[rstest]
    #[case::of_an_allowed_origin(FRONT_END, true)]
    #[case::of_another_origin("https://example.com", false)]
    #[tokio::test]
    async fn a_panic_becomes_a_problem_that_does_not_repeat_it_and_that_front_ends_can_read(
        #[case] origin: &str,
        #[case] is_allowed: bool,
    ) -> anyhow::Result<()> {
        let settings = HttpSettings::for_tests(&[FRONT_END]);
        let app = App::new()
            .route("/", web::get().to(panicking))
            .wrap(from_fn(inner))
            .wrap(cors(&settings.cors_allowed_origins))
            .wrap(from_fn(outer))
            .app_data(web::Data::new(settings));
        let request = TestRequest::default().insert_header((header::ORIGIN, origin));

        let response = match try_call_service(&init_service(app).await, request.to_request()).await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };

        assert_eq!(response.status(), 500);
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header(header::CONTENT_TYPE), Some(PROBLEM_JSON));
        assert_eq!(
            header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
            is_allowed.then_some(FRONT_END)
        );
        assert_eq!(
            header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
            is_allowed.then_some("true")
        );
        let Ok(body) = to_bytes(response.into_body()).await else {
            anyhow::bail!("the body broke off");
        };
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains("internal_error") && !body.contains("inside"), "{body}");
        Ok(())
    }
}
