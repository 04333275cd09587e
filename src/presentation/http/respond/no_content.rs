use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use paperclip::{
    actix::OperationModifier,
    v2::{models::DefaultOperationRaw, schema::Apiv2Schema},
};

use crate::presentation::http::describe;

/// Answers 204. Unlike paperclip's type, it declares no content type.
pub struct NoContent;

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

impl Apiv2Schema for NoContent {}

impl OperationModifier for NoContent {
    fn update_response(operation: &mut DefaultOperationRaw) {
        describe::add_success(operation, "204", "No Content", None);
    }
}
