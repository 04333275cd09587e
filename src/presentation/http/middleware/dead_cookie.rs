//! Clears invalid session cookies.

use actix_web::{
    Error, HttpMessage,
    dev::ServiceResponse,
    http::{StatusCode, header},
};

use crate::presentation::http::{cookies::CookieSettings, request::ForProxy};

/// Makes every 401 clear the session cookies of its request, including those that cannot be decrypted.
///
/// It replaces any cookie that was set before the request failed. If a browser changes its password and sends other
/// requests in parallel, a 401 for the old cookie may clear the new one. The user then has to log in again.
///
/// The answer to a proxy, marked by [`ForProxy`], is left alone.
///
/// # Errors
/// If the configured name or domain is not valid in a header.
pub fn clear_dead_cookie<B>(settings: &CookieSettings, response: &mut ServiceResponse<B>) -> Result<(), Error> {
    if response.status() == StatusCode::UNAUTHORIZED
        && !response.request().extensions().contains::<ForProxy>()
        && let Some(removal) = settings.removal(response.request())
    {
        response.headers_mut().remove(header::SET_COOKIE);
        response.response_mut().add_cookie(&removal)?;
    }
    Ok(())
}
