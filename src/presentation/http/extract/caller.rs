use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};

use super::{client::provenance, cross_site::reject_cross_site};
use crate::{
    application::{
        access::Actor,
        commands::account::{Authenticate, AuthenticateError, Authenticated},
    },
    presentation::http::{cookies::SessionCookie, failure::Failure, request::Caller},
};

/// Authenticates `request` by the first valid session among its cookies, and returns the caller if there is one.
///
/// Sends the new token if the session was extended.
///
/// # Errors
/// Those of [`authenticate`].
pub async fn caller(request: &HttpRequest) -> Result<Option<Actor>, Error> {
    let Some(authenticated) = authenticate(request).await? else {
        return Ok(None);
    };
    if let Some(token) = authenticated.renewed_token {
        SessionCookie::of(request).set(&token);
    }
    let actor = authenticated.actor;
    request.extensions_mut().insert(Caller(actor.id()));
    Ok(Some(actor))
}

/// Authenticates `request` likewise, and sends nothing. An invalid cookie counts as no session.
///
/// # Errors
/// 403 for a cross-site request, which is rejected first, and those of [`Authenticate`], except 401.
pub(super) async fn authenticate(request: &HttpRequest) -> Result<Option<Authenticated>, Error> {
    reject_cross_site(request).await?;
    let authenticate = web::Data::<Authenticate>::extract(request).await?;
    for token in SessionCookie::of(request).tokens() {
        match authenticate.execute(Some(&token), provenance(request)).await {
            Ok(authenticated) => return Ok(Some(authenticated)),
            Err(AuthenticateError::NotAuthenticated(_)) => {}
            Err(error) => return Err(Failure::from(error).into()),
        }
    }
    Ok(None)
}
