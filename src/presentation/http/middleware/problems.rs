//! No error leaves the server in another form than a problem document.

use std::panic::AssertUnwindSafe;

use actix_web::{
    Error, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};
use futures_util::FutureExt;

use super::map_response;
use crate::presentation::http::{
    problem::{PROBLEM_JSON, Problem},
    problem_code::ProblemCode,
};

/// Turns bare errors of the framework, and panics, into problem documents. Other headers of a bare error, such as `Allow`, stay.
pub async fn problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    // Nothing that a panicking request leaves behind is looked at again: its state is dropped with the future.
    let guarded = AssertUnwindSafe(async { next.call(request).await });
    let outcome = guarded
        .catch_unwind()
        .await
        .unwrap_or_else(|_panic| Err(Problem::new(ProblemCode::InternalError).into()));
    map_response(outcome, explained)
}

fn explained(bare: HttpResponse) -> HttpResponse {
    let is_error = bare.status().is_client_error() || bare.status().is_server_error();
    let media_type = bare.headers().get(header::CONTENT_TYPE);
    if !is_error || media_type.is_some_and(|media_type| media_type == PROBLEM_JSON) {
        return bare;
    }
    if let Some(error) = bare.error().filter(|_| bare.status().is_server_error()) {
        log::error!("{error}");
    }
    let mut response = Problem::new(ProblemCode::for_status(bare.status())).error_response();
    for (name, value) in bare.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App,
        body::to_bytes,
        middleware::from_fn,
        test::{TestRequest, init_service, try_call_service},
        web,
    };

    use super::*;

    async fn panicking() -> HttpResponse {
        panic!("a word from the inside");
    }

    async fn bare() -> HttpResponse {
        HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "POST"))
            .finish()
    }

    async fn answer(path: &str) -> HttpResponse {
        let app = App::new()
            .route("/panicking", web::get().to(panicking))
            .route("/bare", web::get().to(bare))
            .wrap(from_fn(problems));
        let service = init_service(app).await;
        match try_call_service(&service, TestRequest::with_uri(path).to_request()).await {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        }
    }

    async fn body(response: HttpResponse) -> String {
        let bytes = to_bytes(response.into_body()).await.unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[tokio::test]
    async fn a_bare_error_becomes_a_problem_and_keeps_its_headers() {
        let response = answer("/bare").await;
        assert_eq!(response.status(), 405);
        assert!(
            response
                .headers()
                .get(header::ALLOW)
                .is_some_and(|value| value == "POST")
        );
        assert!(
            response
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|value| value == PROBLEM_JSON)
        );
        assert!(body(response).await.contains("method_not_allowed"));
    }

    #[tokio::test]
    async fn a_panic_becomes_a_problem_that_does_not_repeat_it() {
        let response = answer("/panicking").await;
        assert_eq!(response.status(), 500);
        let body = body(response).await;
        assert!(body.contains("internal_error") && !body.contains("inside"), "{body}");
    }
}
