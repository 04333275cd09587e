use std::{
    future::{Ready, ready},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    web,
};
use paperclip::{
    actix::OperationModifier,
    v2::{models::DefaultOperationRaw, schema::Apiv2Schema},
};

use super::guarding::Guarding;
use crate::presentation::http::{
    describe,
    forward_auth::{Destination, ForwardAuth},
    log_limit::LogLimit,
    request::ForProxy,
    settings::HttpSettings,
};

const X_FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");
const X_FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");
const X_ORIGINAL_URL: HeaderName = HeaderName::from_static("x-original-url");
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// Limits the log lines about services that are not listed.
static UNLISTED: LogLimit = LogLimit::new(Duration::from_secs(60));

/// Extracts what a proxy says about the request to a guarded service.
///
/// Only a trusted proxy is believed. Nothing of it permits anything: it decides how a caller who is not logged in is
/// answered, and where a log-in leads to. While forward-auth is off, this is 404.
pub struct GuardedRequest {
    forward_auth: Arc<ForwardAuth>,
    destination: Option<Destination>,
    navigates: bool,
}

impl GuardedRequest {
    /// Returns the address at which a caller logs in, and then returns to the guarded service.
    pub fn log_in(&self) -> String {
        self.forward_auth.log_in(self.destination.as_ref())
    }

    /// Returns whether the request loads a page, so that a redirect leads its visitor to the log-in.
    pub fn navigates(&self) -> bool {
        self.navigates
    }
}

impl FromRequest for GuardedRequest {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let guarding = Guarding::from_request(request, payload).into_inner();
        ready(guarding.map(|Guarding(forward_auth)| {
            request.extensions_mut().insert(ForProxy);
            let headers = request.headers();
            let is_trusted = is_from_proxy(request);
            let address = is_trusted.then(|| address_asked_for(headers)).flatten();
            if let Some(address) = &address {
                report_unlisted(&forward_auth, address);
            }
            let destination = address.and_then(|address| forward_auth.destination(&address));
            Self {
                forward_auth,
                destination,
                navigates: navigates(headers, is_trusted),
            }
        }))
    }
}

fn is_from_proxy(request: &HttpRequest) -> bool {
    let settings = request.app_data::<web::Data<HttpSettings>>();
    let peer = request.peer_addr().map(|peer| peer.ip());
    settings
        .zip(peer)
        .is_some_and(|(settings, peer)| settings.trusted_proxies.trusts(peer))
}

/// Returns the address that a trusted proxy names.
///
/// Caddy and Traefik set all of `X-Forwarded-*`, so these come first: they would pass on the `X-Original-URL` of a
/// client.
fn address_asked_for(headers: &HeaderMap) -> Option<String> {
    let forwarded = [header::X_FORWARDED_PROTO, header::X_FORWARDED_HOST, X_FORWARDED_URI];
    match forwarded.map(|name| text(headers, &name)) {
        [Some(scheme), Some(host), Some(uri)] if uri.starts_with('/') => Some(format!("{scheme}://{host}{uri}")),
        [None, None, None] => text(headers, &X_ORIGINAL_URL).map(str::to_owned),
        _ => None,
    }
}

/// Returns the value of a header that is there once and not empty.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok().filter(|value| !value.is_empty())
}

/// Returns whether a browser loads a page by the guarded request. The request of the proxy is always a GET.
fn navigates(headers: &HeaderMap, is_trusted: bool) -> bool {
    let method = headers.get(X_FORWARDED_METHOD).filter(|_| is_trusted);
    let loads = method.is_none_or(|method| [Method::GET, Method::HEAD].iter().any(|safe| method == safe.as_str()));
    let accepts_html = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        value.to_ascii_lowercase().contains(mime::TEXT_HTML.as_ref())
    };
    loads && headers.get_all(header::ACCEPT).any(accepts_html) && !headers.contains_key(X_REQUESTED_WITH)
}

/// Logs the origin of a service, if those who log in for it cannot return there.
fn report_unlisted(forward_auth: &ForwardAuth, address: &str) {
    if let Some(origin) = forward_auth.unlisted_origin(address)
        && let Some(others) = UNLISTED.admit()
    {
        log::warn!(
            "a proxy asked about {origin:?}, which forward_auth.origins does not list: visitors who log in for it do \
             not return to it. If it is guarded, list it ({others} others before it)"
        );
    }
}

impl Apiv2Schema for GuardedRequest {}

impl OperationModifier for GuardedRequest {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        Guarding::update_parameter(operation);
    }

    fn update_security(operation: &mut DefaultOperationRaw) {
        describe::require_session_or_pass(operation);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use rstest::rstest;

    use super::*;
    use crate::presentation::http::request::TrustedProxies;

    const PROTO: (&str, &str) = ("x-forwarded-proto", "https");
    const HOST: (&str, &str) = ("x-forwarded-host", "app.example.com");
    const URI: (&str, &str) = ("x-forwarded-uri", "/a?b=c");
    const ORIGINAL: (&str, &str) = ("x-original-url", "https://app.example.com/original");
    const FORWARDED: &str = "https://app.example.com/a?b=c";
    const HTML: (&str, &str) = ("accept", "application/xhtml+xml,text/html;q=0.9");

    fn guarded(peer: &str, headers: &[(&str, &str)]) -> GuardedRequest {
        let settings = HttpSettings {
            forward_auth: Some(Arc::new(ForwardAuth::for_tests())),
            trusted_proxies: TrustedProxies {
                networks: vec!["10.0.0.1/32".parse().unwrap()],
                ..TrustedProxies::none()
            },
            ..HttpSettings::for_tests(&[])
        };
        let request = TestRequest::default()
            .app_data(web::Data::new(settings))
            .peer_addr(format!("{peer}:4711").parse().unwrap());
        let request = headers
            .iter()
            .fold(request, |request, header| request.append_header(*header))
            .to_http_request();
        GuardedRequest::from_request(&request, &mut Payload::None)
            .into_inner()
            .unwrap()
    }

    fn asked_for(peer: &str, headers: &[(&str, &str)]) -> Option<String> {
        guarded(peer, headers)
            .destination
            .map(|destination| destination.to_string())
    }

    #[rstest]
    #[case::forwarded(&[PROTO, HOST, URI], Some(FORWARDED))]
    #[case::original(&[ORIGINAL], Some("https://app.example.com/original"))]
    #[case::both(&[ORIGINAL, PROTO, HOST, URI], Some(FORWARDED))]
    #[case::in_part(&[ORIGINAL, PROTO, URI], None)]
    #[case::empty(&[ORIGINAL, ("x-forwarded-host", "")], Some("https://app.example.com/original"))]
    #[case::twice(&[PROTO, HOST, HOST, URI], None)]
    #[case::list(&[PROTO, ("x-forwarded-host", "app.example.com, app.example.com"), URI], None)]
    #[case::no_path(&[PROTO, HOST, ("x-forwarded-uri", "@evil.test/")], None)]
    #[case::unlisted(&[PROTO, ("x-forwarded-host", "evil.test"), URI], None)]
    #[case::nothing(&[], None)]
    fn a_trusted_proxy_names_the_address(#[case] headers: &[(&str, &str)], #[case] expected: Option<&str>) {
        assert_eq!(asked_for("10.0.0.1", headers).as_deref(), expected);
        assert_eq!(asked_for("10.0.0.2", headers), None);
    }

    #[rstest]
    #[case::page(&[HTML], true)]
    #[case::page_of_several(&[("accept", "image/png"), HTML], true)]
    #[case::in_capitals(&[("accept", "TEXT/HTML")], true)]
    #[case::nothing(&[], false)]
    #[case::anything(&[("accept", "*/*")], false)]
    #[case::json(&[("accept", "application/json")], false)]
    #[case::script(&[HTML, ("x-requested-with", "XMLHttpRequest")], false)]
    #[case::get(&[HTML, ("x-forwarded-method", "GET")], true)]
    #[case::head(&[HTML, ("x-forwarded-method", "HEAD")], true)]
    #[case::post(&[HTML, ("x-forwarded-method", "POST")], false)]
    fn a_browser_that_loads_a_page_navigates(#[case] headers: &[(&str, &str)], #[case] expected: bool) {
        assert_eq!(guarded("10.0.0.1", headers).navigates(), expected);
    }

    #[test]
    fn only_a_trusted_proxy_names_the_method() {
        let headers = [HTML, ("x-forwarded-method", "POST")];
        assert!(guarded("10.0.0.2", &headers).navigates());
    }
}
