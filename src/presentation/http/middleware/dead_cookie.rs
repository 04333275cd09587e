//! A cookie that opens nothing is taken away from the client.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web,
};

use crate::presentation::http::settings::HttpSettings;

/// Makes every 401 clear the session cookie that its request carried, one that cannot be decrypted, too. What the request
/// may have set before it was refused is dead as well.
///
/// A browser that sends requests in parallel with a change of its own password may so lose the new cookie to the answer to a
/// request that still carried the old one; it has to log in again.
pub async fn dead_cookie<B: MessageBody>(
    settings: web::Data<HttpSettings>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    if response.status() == StatusCode::UNAUTHORIZED
        && let Some(removal) = settings.cookie.removal(response.request())
    {
        response.headers_mut().remove(header::SET_COOKIE);
        response.response_mut().add_cookie(&removal)?;
    }
    Ok(response)
}
