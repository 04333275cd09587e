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

use super::{caller::authenticate, no_input::NoInput};
use crate::presentation::http::{
    describe,
    problem::{Problem, ProblemCode},
};

/// Extracts the input `X` of an operation for callers without a session.
///
/// A caller with a session gets 403 `already_authenticated`; an invalid cookie counts as no session. A cross-site
/// request is rejected first, because it could log the visitor in to another user's account.
pub struct Anonymous<X = NoInput>(pub X);

impl<X: FromRequest + 'static> FromRequest for Anonymous<X> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            // A renewed token is dropped here; the next protected operation issues another one.
            if authenticate(&request).await?.is_some() {
                return Err(Problem::new(ProblemCode::AlreadyAuthenticated).into());
            }
            X::from_request(&request, &mut payload)
                .await
                .map(Self)
                .map_err(Into::into)
        })
    }
}

impl<X: Apiv2Schema> Apiv2Schema for Anonymous<X> {}

impl<X: OperationModifier> OperationModifier for Anonymous<X> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        describe::add_problems(
            operation,
            &[
                ProblemCode::AlreadyAuthenticated,
                ProblemCode::ServiceUnavailable,
                ProblemCode::InternalError,
            ],
        );
        X::update_parameter(operation);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        X::update_definitions(definitions);
    }
}
