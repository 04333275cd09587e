//! The layer around the routes, inside of CORS.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use super::{
    head::{allow_head, route_as_get},
    head_limits::check_head,
    panics::catch_panics,
    plain_path::{check_path, trim_slash},
    session_removal::clear_session_cookie,
};
use crate::presentation::http::{cookies::ReceivedCookies, settings::HttpSettings};

/// Checks the head of a request, prepares it for the session and the routes, and catches their panics.
pub async fn inner<B: MessageBody>(
    settings: web::Data<HttpSettings>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    catch_panics(async {
        check_head(&request)?;
        check_path(&request)?;
        trim_slash(&mut request);
        route_as_get(&mut request);
        ReceivedCookies::take(&mut request);
        let mut response = next.call(request).await?;
        clear_session_cookie(&settings.cookie, &mut response)?;
        allow_head(&mut response);
        Ok(response)
    })
    .await
}
