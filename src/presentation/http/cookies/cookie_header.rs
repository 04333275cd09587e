use std::rc::Rc;

use actix_web::{
    HttpMessage, HttpRequest,
    dev::ServiceRequest,
    http::header::{self, HeaderMap, HeaderValue},
};

/// The `Cookie` headers of a request, which are [taken](Self::take) out of its head.
#[derive(Clone)]
pub struct ReceivedCookies(Rc<[HeaderValue]>);

impl ReceivedCookies {
    /// Moves the `Cookie` headers of `request` from its head to its extensions.
    ///
    /// So the session middleware finds no cookies. It would parse and decode all of them, decrypt the first session
    /// cookie with its only key, and see none if one of them, perhaps of another application, is not UTF-8.
    pub fn take(request: &mut ServiceRequest) {
        if request.headers().contains_key(header::COOKIE) {
            let values = request.headers_mut().remove(header::COOKIE).collect();
            request.extensions_mut().insert(Self(values));
        }
    }

    /// Returns the cookies of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        let received = request.extensions().get::<Self>().cloned();
        received.unwrap_or_else(|| Self(Rc::new([])))
    }

    /// Returns the raw values of all cookies called `name`.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        named(self.0.iter(), name)
    }
}

/// Returns the raw values of all cookies called `name` in a head whose cookies were not [taken](ReceivedCookies::take).
pub fn cookie_values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    named(headers.get_all(header::COOKIE), name)
}

/// Parses `Cookie` headers.
///
/// `HttpRequest::cookie` fails for all cookies if one of them, perhaps of another application, is not UTF-8.
fn named<'a>(headers: impl Iterator<Item = &'a HeaderValue>, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let is_named = parts.next()?.trim_ascii() == name.as_bytes();
            is_named.then(|| parts.next().unwrap_or_default().trim_ascii())
        })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    /// The values before and after the cookies are taken.
    fn values(headers: &[&str], name: &str) -> Vec<String> {
        let request = headers.iter().fold(TestRequest::default(), |request, value| {
            request.append_header((header::COOKIE, *value))
        });
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let mut request = request.to_srv_request();
        let before = Vec::from_iter(cookie_values(request.headers(), name).map(text));
        ReceivedCookies::take(&mut request);
        assert!(!request.headers().contains_key(header::COOKIE));
        let received = ReceivedCookies::of(request.request());
        assert_eq!(Vec::from_iter(received.values(name).map(text)), before);
        before
    }

    #[test]
    fn every_cookie_of_the_name_is_found_whatever_stands_beside_it() {
        let headers = ["a=1; other=%ff%zz; ab=2", "a=3=4;b", "A=5"];
        assert_eq!(values(&headers, "a"), ["1", "3=4"]);
        assert_eq!(values(&headers, "b"), [""]);
        assert!(values(&headers, "c").is_empty());
        assert!(values(&[], "a").is_empty());
    }
}
