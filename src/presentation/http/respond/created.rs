use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};
use serde::Serialize;

use crate::presentation::http::describe;

/// Answers 201 with the new resource as JSON, and with its `Location` (RFC 9110, section 10.2.2).
pub struct Created<T> {
    resource: T,
    location: Option<String>,
}

impl<T> Created<T> {
    /// Answers with a resource that this caller cannot request.
    pub fn new(resource: T) -> Self {
        Self {
            resource,
            location: None,
        }
    }

    /// Answers with a resource at the path `location`.
    pub fn at(location: impl Into<String>, resource: T) -> Self {
        Self {
            resource,
            location: Some(location.into()),
        }
    }
}

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Created();
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        response.json(self.resource)
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Created<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Apiv2Schema> OperationModifier for Created<T> {
    fn update_response(operation: &mut DefaultOperationRaw) {
        let mut schema = T::schema_with_ref();
        schema.retain_ref();
        describe::add_success(operation, "201", "Created", Some(schema));
    }
}
