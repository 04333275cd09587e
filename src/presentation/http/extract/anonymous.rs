use std::collections::BTreeMap;

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};
use futures_util::future::LocalBoxFuture;
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};

use super::{caller::authenticate_by, cross_site::refuse_cross_site, no_input::NoInput};
use crate::{
    application::commands::account::{Authenticate, AuthenticateError},
    presentation::http::{
        cookies::SessionCookie,
        describe,
        failure::Failure,
        problem::{Problem, ProblemCode},
    },
};

/// The input `X` of an operation for those who are not logged in; for others it is 403 `already_authenticated`.
///
/// A dead cookie is no log-in. A request that the page of another site has sent is refused before that is judged, for it could
/// log the visitor in to the account of somebody else.
pub struct Anonymous<X = NoInput>(pub X);

impl<X: FromRequest + 'static> FromRequest for Anonymous<X> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            refuse_cross_site(&request).await?;
            let authenticate = web::Data::<Authenticate>::extract(&request).await?;
            // Only protected operations hand out a renewed token; if this made one, the next of them hands out another.
            let cookie = SessionCookie::of(&request);
            match authenticate_by(&cookie, &authenticate, &request).await {
                Ok(_) => Err(Problem::new(ProblemCode::AlreadyAuthenticated).into()),
                Err(AuthenticateError::NotAuthenticated(_)) => X::from_request(&request, &mut payload)
                    .await
                    .map(Self)
                    .map_err(Into::into),
                Err(error) => Err(Failure::from(error).into()),
            }
        })
    }
}

impl<X: Apiv2Schema> Apiv2Schema for Anonymous<X> {}

impl<X: OperationModifier> OperationModifier for Anonymous<X> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        describe::refuses(
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
