//! Headers that restrict what browsers do with an answer.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::presentation::http::cookies::CookieSettings;

/// The headers of every answer.
const ALWAYS: [(HeaderName, HeaderValue); 2] = [
    // Browsers must not guess the type of the content.
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Pages of other origins cannot embed it as an image, a script and so on. CORS requests are not affected.
    (
        header::CROSS_ORIGIN_RESOURCE_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
];

/// The headers of every answer that does not set its own value.
const BY_DEFAULT: [(HeaderName, HeaderValue); 3] = [
    // JSON needs to load nothing, send nothing, and be in no frame.
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ),
    // Links do not reveal the page that they were on.
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    // An answer is only for its caller, and only for now (RFC 9111, section 5.2.2.5).
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Two years without plain HTTP. Subdomains are excluded, because they may not belong to this server.
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Adds the headers to an answer, with HSTS if the cookies are for HTTPS only.
pub fn add_security_headers(settings: &CookieSettings, headers: &mut HeaderMap) {
    for (name, value) in BY_DEFAULT {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if settings.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
}
