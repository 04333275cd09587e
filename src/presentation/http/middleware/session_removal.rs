//! Removes the session cookie from the client.

use actix_web::{
    Error, HttpMessage,
    dev::ServiceResponse,
    http::{StatusCode, header},
};

use crate::presentation::http::{
    cookies::{ClearedSession, CookieSettings},
    request::ForProxy,
};

/// Removes the session cookie if the request ended its session, or if the answer is 401.
///
/// A 401 also removes a cookie that cannot be decrypted. It replaces any cookie that was set before the request failed.
/// If a browser changes its password and sends other requests in parallel, a 401 for the old cookie may remove the new
/// one. The user then has to log in again.
///
/// The answer to a proxy, marked by [`ForProxy`], is left alone.
///
/// # Errors
/// If the configured name or domain is not valid in a header.
pub fn clear_session_cookie<B>(settings: &CookieSettings, response: &mut ServiceResponse<B>) -> Result<(), Error> {
    let is_unauthorized = response.status() == StatusCode::UNAUTHORIZED;
    let extensions = response.request().extensions();
    let is_removed = extensions.contains::<ClearedSession>() || is_unauthorized;
    let is_removed = is_removed && !extensions.contains::<ForProxy>();
    drop(extensions);
    if is_removed && let Some(removal) = settings.removal(response.request()) {
        if is_unauthorized {
            response.headers_mut().remove(header::SET_COOKIE);
        }
        response.response_mut().add_cookie(&removal)?;
    }
    Ok(())
}
