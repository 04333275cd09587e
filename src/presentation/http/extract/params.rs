use std::{
    collections::BTreeMap,
    future::{Ready, ready},
};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};
use serde::de::DeserializeOwned;

use super::fields::read_fields;
use crate::presentation::http::{
    describe,
    problem::{FieldError, Problem, ProblemCode},
};

/// The query parameters of a request.
///
/// A parameter that is missing, unknown, repeated or not valid is 422 and named, and so is one that does not fit the others.
pub struct Params<T>(pub T);

/// Query parameters, each of which is valid by itself.
pub trait QueryParams: DeserializeOwned {
    /// What does not fit the other parameters.
    fn misfit(&self) -> Option<FieldError> {
        None
    }
}

impl<T: QueryParams> FromRequest for Params<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: QueryParams>(query: &str) -> Result<T, Error> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    let params: T = read_fields(pairs)?;
    match params.misfit() {
        Some(error) => Err(Problem::validation(vec![error]).into()),
        None => Ok(params),
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Params<T> {}

impl<T: Apiv2Schema> OperationModifier for Params<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        web::Query::<T>::update_parameter(operation);
        describe::refuses(operation, &[ProblemCode::ValidationFailed]);
    }

    fn update_definitions(_: &mut BTreeMap<String, DefaultSchemaRaw>) {}
}
