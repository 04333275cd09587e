use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, Responder, cookie::Cookie};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};

/// An answer that sets a cookie besides that of the session, if there is one.
pub struct WithCookie<R> {
    answer: R,
    cookie: Option<Cookie<'static>>,
}

impl<R> WithCookie<R> {
    /// Adds the cookie to the answer.
    pub(super) fn new(answer: R, cookie: Option<Cookie<'static>>) -> Self {
        Self { answer, cookie }
    }
}

impl<R: Responder> Responder for WithCookie<R> {
    type Body = R::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<R::Body> {
        let mut response = self.answer.respond_to(request);
        if let Some(cookie) = self.cookie
            && let Err(error) = response.add_cookie(&cookie)
        {
            // Unreachable: a token is always valid in a header.
            log::error!("the cookie {} cannot be set: {error}", cookie.name());
        }
        response
    }
}

impl<R: Apiv2Schema> Apiv2Schema for WithCookie<R> {
    fn name() -> Option<String> {
        R::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        R::raw_schema()
    }
}

impl<R: OperationModifier> OperationModifier for WithCookie<R> {
    fn update_response(operation: &mut DefaultOperationRaw) {
        R::update_response(operation);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        R::update_definitions(definitions);
    }
}
