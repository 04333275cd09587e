//! The layer around the routes, within CORS: what goes for every request that is to be answered.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use super::{
    dead_cookie::clear_dead_cookie,
    head::{allow_head, route_as_get},
    head_limits::check_head,
    own_cookies::keep_own_cookies,
    panics::caught,
    plain_path::check_path,
};
use crate::presentation::http::settings::HttpSettings;

/// Rejects a request that is too large or whose path is spelt otherwise than the routes, prepares it for the session
/// and the routes, and answers if they panic.
pub async fn inner<B: MessageBody>(
    settings: web::Data<HttpSettings>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    caught(async {
        check_head(&request)?;
        check_path(&request)?;
        route_as_get(&mut request);
        keep_own_cookies(&settings.cookie, &mut request);
        let mut response = next.call(request).await?;
        clear_dead_cookie(&settings.cookie, &mut response)?;
        allow_head(&mut response);
        Ok(response)
    })
    .await
}
