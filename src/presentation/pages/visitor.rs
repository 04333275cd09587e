use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;

use crate::{
    application::access::Actor,
    presentation::http::extract::{NoInput, caller},
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
            let actor = caller(&request).await?;
            let input = X::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(actor, input))
        })
    }
}
