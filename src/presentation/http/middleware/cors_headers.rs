//! Only the origins that are let in are told what they may read and send.

use actix_web::http::header::{self, HeaderMap};

/// Takes away the headers that `actix-cors` sends to every origin, if the answer is not for one that is allowed.
pub fn hide_cors_headers(headers: &mut HeaderMap) {
    if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        headers.remove(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
        headers.remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
    }
}
