//! Hides the CORS policy from origins that are not allowed.

use actix_web::http::header::{self, HeaderMap};

/// Removes the headers that `actix-cors` sends to every origin, unless the origin is allowed.
pub fn hide_cors_headers(headers: &mut HeaderMap) {
    if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        headers.remove(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
        headers.remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
    }
}
