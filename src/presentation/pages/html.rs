use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use askama::Template;

/// The policy of a page with a script, which is one of ours. Otherwise like that of every page.
const POLICY_WITH_SCRIPT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                  form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every page.
const HEADERS: [(HeaderName, &str); 3] = [
    // Pages load their style alone, post to this server alone, and are in no frame.
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    // Unlike `no-referrer`, it leaves the origin in the header `Origin` of our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    // A page that opens one of ours, or is opened by it, gets no handle of its window.
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
];

/// Answers with a page.
pub fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(content) = page.render() else {
        // Unreachable: writing to a string does not fail.
        log::error!("a page could not be rendered");
        return HttpResponse::InternalServerError().finish();
    };
    let mut response = HttpResponse::build(status);
    response.content_type(mime::TEXT_HTML_UTF_8);
    for header in HEADERS {
        response.insert_header(header);
    }
    response.body(content)
}

/// Allows a page to load scripts of this server.
pub fn allow_script(mut page: HttpResponse) -> HttpResponse {
    let policy = HeaderValue::from_static(POLICY_WITH_SCRIPT);
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    page
}
