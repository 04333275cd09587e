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

use super::cross_site::reject_cross_site;

/// Extracts the input `X` of an operation for everyone, logged in or not.
///
/// A cross-site request is rejected first.
pub struct Everyone<X>(pub X);

impl<X: FromRequest + 'static> FromRequest for Everyone<X> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            reject_cross_site(&request).await?;
            X::from_request(&request, &mut payload)
                .await
                .map(Self)
                .map_err(Into::into)
        })
    }
}

impl<X: Apiv2Schema> Apiv2Schema for Everyone<X> {}

impl<X: OperationModifier> OperationModifier for Everyone<X> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        X::update_parameter(operation);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        X::update_definitions(definitions);
    }
}
