use std::{
    collections::BTreeMap,
    future::{Ready, ready},
};

use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, Responder, cookie::Cookie, dev::Payload, web};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};

use super::{cookie_header::cookie_values, session_cookie::CookieSettings};
use crate::application::ports::DeviceToken;

/// The cookie that marks a device as known to a user who has logged in on it. It outlives the session.
pub struct DeviceCookie {
    settings: web::Data<CookieSettings>,
    token: Option<DeviceToken>,
}

/// An answer that sets the device cookie, if there is one.
pub struct WithDeviceCookie<R> {
    answer: R,
    cookie: Option<Cookie<'static>>,
}

impl DeviceCookie {
    /// Returns the token of the request, if it has one.
    pub fn token(&self) -> Option<DeviceToken> {
        self.token.clone()
    }

    /// Returns the answer with a cookie for `token`.
    pub fn set<R>(&self, token: Option<&DeviceToken>, answer: R) -> WithDeviceCookie<R> {
        WithDeviceCookie {
            answer,
            cookie: token.and_then(|token| self.settings.device_cookie(token)),
        }
    }
}

impl FromRequest for DeviceCookie {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = web::Data::<CookieSettings>::from_request(request, payload).into_inner();
        ready(settings.map(|settings| {
            let token =
                cookie_values(request.headers(), &settings.device_name).find_map(|value| settings.device_token(value));
            Self { settings, token }
        }))
    }
}

impl<R: Responder> Responder for WithDeviceCookie<R> {
    type Body = R::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<R::Body> {
        let mut response = self.answer.respond_to(request);
        if let Some(cookie) = self.cookie
            && let Err(error) = response.add_cookie(&cookie)
        {
            // Unreachable: a token is always valid in a header.
            log::error!("the device cookie cannot be set: {error}");
        }
        response
    }
}

impl Apiv2Schema for DeviceCookie {}
impl OperationModifier for DeviceCookie {}

impl<R: Apiv2Schema> Apiv2Schema for WithDeviceCookie<R> {
    fn name() -> Option<String> {
        R::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        R::raw_schema()
    }
}

impl<R: OperationModifier> OperationModifier for WithDeviceCookie<R> {
    fn update_response(operation: &mut DefaultOperationRaw) {
        R::update_response(operation);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        R::update_definitions(definitions);
    }
}
