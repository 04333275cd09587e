//! Turns every error into a problem document or, for people, into a page.

use actix_cors::CorsError;
use actix_web::{
    HttpResponse, ResponseError,
    dev::RequestHead,
    http::{StatusCode, header},
};

use crate::presentation::http::{
    problem::{PROBLEM_JSON, Problem, ProblemCode},
    settings::ErrorPages,
};

/// Turns a bare error of the framework into a problem document, and keeps headers such as `Allow`.
///
/// Problem documents and pages stay as they are.
pub fn into_problem(bare: HttpResponse) -> HttpResponse {
    let is_error = bare.status().is_client_error() || bare.status().is_server_error();
    let media_type = bare.headers().get(header::CONTENT_TYPE);
    let is_complete =
        media_type.is_some_and(|media_type| media_type == PROBLEM_JSON || media_type == mime::TEXT_HTML_UTF_8.as_ref());
    if !is_error || is_complete {
        return bare;
    }
    if let Some(error) = bare.error().filter(|_| bare.status().is_server_error()) {
        log::error!("{error}");
    }
    let code = ProblemCode::for_status(bare.status());
    let problem = match detail(&bare) {
        Some(detail) => Problem::with_detail(code, detail),
        None => Problem::new(code),
    };
    with_headers_of(&bare, problem.error_response())
}

/// Turns the answer of a problem into its page, and keeps headers such as `Set-Cookie`.
pub fn into_page(answer: HttpResponse, pages: &ErrorPages, request: &RequestHead) -> HttpResponse {
    let page = answer
        .extensions()
        .get::<Problem>()
        .map(|problem| (pages.show)(request, problem));
    let Some(page) = page else { return answer };
    let mut page = with_headers_of(&answer, page);
    if page.status() != StatusCode::UNAUTHORIZED {
        page.headers_mut().remove(header::WWW_AUTHENTICATE);
    }
    page
}

fn with_headers_of(replaced: &HttpResponse, mut response: HttpResponse) -> HttpResponse {
    for (name, value) in replaced.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}

/// Returns a detail for errors of CORS and for 405.
fn detail(bare: &HttpResponse) -> Option<String> {
    if let Some(refusal) = bare.error().and_then(|error| error.as_error::<CorsError>()) {
        return Some(format!("{refusal}."));
    }
    if bare.status() != StatusCode::METHOD_NOT_ALLOWED {
        return None;
    }
    let allowed = bare.headers().get(header::ALLOW)?.to_str().ok()?;
    Some(format!("The path does not answer this method. It answers: {allowed}."))
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn a_bare_error_becomes_a_problem_and_keeps_its_headers() {
        let bare = HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "POST"))
            .finish();

        let response = into_problem(bare);

        assert_eq!(response.status(), 405);
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header(header::ALLOW), Some("POST"));
        assert_eq!(header(header::CONTENT_TYPE), Some(PROBLEM_JSON));
        let body = to_bytes(response.into_body()).await.unwrap();
        assert!(
            String::from_utf8_lossy(&body).contains("method_not_allowed"),
            "{body:?}"
        );
        assert!(String::from_utf8_lossy(&body).contains("It answers: POST."), "{body:?}");
    }
}
