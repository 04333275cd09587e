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

/// The one variable part of the path, of a type that is read from text, such as `PathParam<Uuid>`.
///
/// What is no `T` is 422 and names the parameter.
pub struct PathParam<T>(pub T);

impl<T: DeserializeOwned> FromRequest for PathParam<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // A route without a variable part has an empty one, which no `T` is read from.
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
        // A value that has to be encoded leads nowhere.
        describe::refuses(operation, &[ProblemCode::RouteNotFound, ProblemCode::ValidationFailed]);
    }
}
