//! A panic ends one request, not the connection.

use std::panic::AssertUnwindSafe;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use futures_util::FutureExt;

use crate::presentation::http::{problem::Problem, problem_code::ProblemCode};

/// Answers a request that panics with 500. The layers around this one treat that as they treat any answer.
pub async fn panics<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    // Nothing that a panicking request leaves behind is looked at again: its state is dropped with the future.
    let guarded = AssertUnwindSafe(async { next.call(request).await });
    guarded
        .catch_unwind()
        .await
        .unwrap_or_else(|_panic| Err(Problem::new(ProblemCode::InternalError).into()))
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

    use super::*;
    use crate::presentation::http::{
        PROBLEM_JSON,
        cors::cors,
        middleware::{cors_headers::cors_headers, problems::problems},
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
        let app = App::new()
            .route("/", web::get().to(panicking))
            .wrap(from_fn(panics))
            .wrap(cors(&[FRONT_END.to_owned()]))
            .wrap(from_fn(cors_headers))
            .wrap(from_fn(problems));
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
