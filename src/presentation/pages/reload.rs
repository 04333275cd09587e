//! Visitors who follow a link on a page of another site, and so arrive without their session cookie.

use actix_web::{
    HttpResponse,
    dev::RequestHead,
    http::{Method, StatusCode, header::HeaderName},
};
use askama::Template;

use super::{html::html, settings::PagesSettings, visit::Shell};

/// A page that loads its own address again, at once.
#[derive(Template)]
#[template(path = "reload.html")]
struct Reload {
    shell: Shell,
    address: String,
}

/// Returns a page that makes the same request once more, if `request` may lack its session cookie.
///
/// A browser sends a cookie with `SameSite=Strict` only if one of our own pages led to the request. This page is one:
/// the second request has the cookie if there is any, and `Sec-Fetch-Site: same-origin`, so it does not loop.
pub fn reload(request: &RequestHead, has_session_cookie: bool, settings: &PagesSettings) -> Option<HttpResponse> {
    let is = |name: &'static str, expected: &str| {
        let value = request.headers.get(HeaderName::from_static(name));
        value.is_some_and(|value| value == expected)
    };
    let may_lack_cookie = request.method == Method::GET
        && !has_session_cookie
        && is("sec-fetch-site", "cross-site")
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document");
    let address = request.uri.path_and_query().filter(|_| may_lack_cookie)?;
    let page = Reload {
        shell: Shell::new(settings),
        address: address.to_string(),
    };
    Some(html(StatusCode::OK, &page))
}
