use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

/// The input of an operation that requires only the caller. (Paperclip cannot document `()`.)
pub struct NoInput;

impl FromRequest for NoInput {
    type Error = Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

impl Apiv2Schema for NoInput {}
impl OperationModifier for NoInput {}
