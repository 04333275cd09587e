//! A cookie that opens nothing is taken away from the client.

use actix_web::{
    Error,
    dev::ServiceResponse,
    http::{StatusCode, header},
};

use crate::presentation::http::cookies::CookieSettings;

/// Makes every 401 clear the session cookie that its request carried, one that cannot be decrypted, too. Of several,
/// none was a log-in then. What the request may have set before it was refused is dead as well.
///
/// A browser that sends requests in parallel with a change of its own password may so lose the new cookie to the answer
/// to a request that still carried the old one; it has to log in again.
///
/// # Errors
/// If the configuration lets the cookie have no form that a header can hold.
pub fn clear_dead_cookie<B>(settings: &CookieSettings, response: &mut ServiceResponse<B>) -> Result<(), Error> {
    if response.status() == StatusCode::UNAUTHORIZED
        && let Some(removal) = settings.removal(response.request())
    {
        response.headers_mut().remove(header::SET_COOKIE);
        response.response_mut().add_cookie(&removal)?;
    }
    Ok(())
}
