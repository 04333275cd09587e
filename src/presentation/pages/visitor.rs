use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use futures_util::future::LocalBoxFuture;

use crate::{
    application::{
        access::Actor,
        commands::account::{Authenticate, AuthenticateError},
    },
    presentation::http::{
        cookies::SessionCookie,
        extract::{NoInput, authenticate_by, reject_cross_site},
        failure::Failure,
        request::Caller,
    },
};

/// Extracts the caller of a page for everyone, if logged in, and its input `X`.
///
/// Like [`Authenticated`](crate::presentation::http::extract::Authenticated), it rejects a cross-site request first.
pub struct Visitor<X = NoInput>(pub Option<Actor>, pub X);

impl<X: FromRequest + 'static> FromRequest for Visitor<X> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            reject_cross_site(&request).await?;
            let cookie = SessionCookie::of(&request);
            let authenticate = Data::<Authenticate>::extract(&request).await?;
            let actor = match authenticate_by(&cookie, &authenticate, &request).await {
                Ok(authenticated) => {
                    if let Some(token) = authenticated.renewed_token {
                        cookie.set(&token);
                    }
                    request.extensions_mut().insert(Caller(authenticated.actor.id()));
                    Some(authenticated.actor)
                }
                Err(AuthenticateError::NotAuthenticated(_)) => None,
                Err(error) => return Err(Failure::from(error).into()),
            };
            let input = X::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(actor, input))
        })
    }
}
