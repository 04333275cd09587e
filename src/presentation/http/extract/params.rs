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

/// Extracts the query parameters of a request.
///
/// A parameter that is missing, unknown, repeated, invalid or in conflict with others is 422. The answer names it.
pub struct Params<T>(pub T);

/// Query parameters, which may conflict although each is valid.
pub trait QueryParams: DeserializeOwned {
    /// Returns the error of a parameter that conflicts with others.
    fn conflict(&self) -> Option<FieldError> {
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
    let params: T = read_fields(pairs, "query")?;
    match params.conflict() {
        Some(error) => Err(Problem::validation(vec![error]).into()),
        None => Ok(params),
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Params<T> {}

impl<T: Apiv2Schema> OperationModifier for Params<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        web::Query::<T>::update_parameter(operation);
        describe::add_problems(operation, &[ProblemCode::ValidationFailed]);
    }

    fn update_definitions(_: &mut BTreeMap<String, DefaultSchemaRaw>) {}
}
