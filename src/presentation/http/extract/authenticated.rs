use std::collections::BTreeMap;

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload};
use futures_util::future::LocalBoxFuture;
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};

use super::{caller::caller, no_input::NoInput};
use crate::{
    application::{
        access::{Actor, NotAuthenticated},
        commands::account::AuthenticateError,
    },
    presentation::http::{
        describe,
        failure::{Failure, Refusal},
    },
};

/// Extracts the caller of a protected operation and its input `X`, for example `Authenticated<Body<TargetUser>>`.
///
/// Actix runs the extractors of a controller concurrently. Nesting authenticates the caller first: without a session
/// the answer is 401, and the input is not read. Before that, a cross-site request is rejected with 403.
pub struct Authenticated<X = NoInput>(pub Actor, pub X);

impl<X: FromRequest + 'static> FromRequest for Authenticated<X> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let actor = caller(&request).await?;
            let actor = actor.ok_or_else(|| Failure::from(AuthenticateError::from(NotAuthenticated)))?;
            let inner = X::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(actor, inner))
        })
    }
}

impl<X: Apiv2Schema> Apiv2Schema for Authenticated<X> {}

impl<X: OperationModifier> OperationModifier for Authenticated<X> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        describe::add_problems(operation, &AuthenticateError::codes());
        X::update_parameter(operation);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        X::update_definitions(definitions);
    }

    fn update_security(operation: &mut DefaultOperationRaw) {
        describe::require_session(operation);
    }
}
