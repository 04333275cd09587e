use std::future::{Ready, ready};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};
use paperclip::{
    actix::OperationModifier,
    v2::{models::DefaultOperationRaw, schema::Apiv2Schema},
};
use serde::de::{DeserializeOwned, IntoDeserializer, value};

use super::field_error::field_error;
use crate::presentation::http::{
    describe,
    problem::{Problem, ProblemCode},
};

/// Extracts the only variable part of the path, such as `PathParam<Uuid>`.
///
/// An invalid value is 422. The answer names the parameter.
pub struct PathParam<T>(pub T);

impl<T: DeserializeOwned> FromRequest for PathParam<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // A route without a variable part yields an empty text, which is not a valid `T`.
        let (name, text) = request.match_info().iter().next().unwrap_or_default();
        let parsed = T::deserialize(text.into_deserializer())
            .map_err(|error: value::Error| Problem::validation(vec![field_error(name, &error.to_string())]).into());
        ready(parsed.map(Self))
    }
}

impl<T: Apiv2Schema> Apiv2Schema for PathParam<T> {}

impl<T: Apiv2Schema> OperationModifier for PathParam<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        web::Path::<T>::update_parameter(operation);
        // A path with an encoded value is rejected.
        describe::add_problems(operation, &[ProblemCode::RouteNotFound, ProblemCode::ValidationFailed]);
    }
}
