//! What browsers may not do with an answer.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::presentation::http::cookies::CookieSettings;

/// What holds for every answer.
const ALWAYS: [(HeaderName, HeaderValue); 3] = [
    // Nobody reads anything into the content that is not declared.
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Nobody learns by a link where its reader comes from.
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    // No page of another origin gets it as an image, a script and so on. What CORS lets in is not concerned.
    (
        header::CROSS_ORIGIN_RESOURCE_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
];

/// What holds unless the answer has a value of its own.
const BY_DEFAULT: [(HeaderName, HeaderValue); 2] = [
    // Data loads nothing, sends nothing, and stands in no frame.
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ),
    // It is about one caller at one moment, so nobody may keep it (RFC 9111, section 5.2.2.5).
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Two years without plain HTTP. Whether that goes for subdomains, too, is not for this server to say.
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Puts the headers on an answer. Where cookies are for HTTPS only, so is the server.
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
