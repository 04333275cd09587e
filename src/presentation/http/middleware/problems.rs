//! No error leaves the server in another form than a problem document.

use actix_cors::CorsError;
use actix_web::{
    Error, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};

use super::map_response;
use crate::presentation::http::{
    problem::{PROBLEM_JSON, Problem},
    problem_code::ProblemCode,
};

/// Turns bare errors of the framework into problem documents. Their other headers, such as `Allow`, stay.
pub async fn problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    map_response(next.call(request).await, explained)
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
    let code = ProblemCode::for_status(bare.status());
    let problem = match bare.error().and_then(|error| error.as_error::<CorsError>()) {
        Some(refusal) => Problem::with_detail(code, format!("{refusal}.")),
        None => Problem::new(code),
    };
    let mut response = problem.error_response();
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
        middleware::from_fn,
        test::{TestRequest, call_service, init_service, read_body},
        web,
    };

    use super::*;

    async fn bare() -> HttpResponse {
        HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "POST"))
            .finish()
    }

    #[tokio::test]
    async fn a_bare_error_becomes_a_problem_and_keeps_its_headers() {
        let app = App::new().route("/", web::get().to(bare)).wrap(from_fn(problems));
        let service = init_service(app).await;

        let response = call_service(&service, TestRequest::default().to_request()).await;

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
        let body = read_body(response).await;
        assert!(
            String::from_utf8_lossy(&body).contains("method_not_allowed"),
            "{body:?}"
        );
    }
}
