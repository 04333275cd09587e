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
    panics::caught,
    reseal_cookie::reseal_cookie,
};
use crate::presentation::http::settings::HttpSettings;

/// Refuses a request that is too large, prepares it for the session and the routes, and answers if they panic.
pub async fn inner<B: MessageBody>(
    settings: web::Data<HttpSettings>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    caught(async {
        check_head(&request)?;
        route_as_get(&mut request);
        reseal_cookie(&settings.cookie, request.headers_mut());
        let mut response = next.call(request).await?;
        clear_dead_cookie(&settings.cookie, &mut response)?;
        allow_head(&mut response);
        Ok(response)
    })
    .await
}
