use std::future::{Ready, ready};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

use super::{ReceivedCookies, WithCookie, session_cookie::CookieSettings};
use crate::application::ports::DeviceToken;

/// The cookie that marks a device as known to a user who has logged in on it. It outlives the session.
pub struct DeviceCookie {
    settings: web::Data<CookieSettings>,
    token: Option<DeviceToken>,
}

impl DeviceCookie {
    /// Returns the token of the request, if it has one.
    pub fn token(&self) -> Option<DeviceToken> {
        self.token.clone()
    }

    /// Returns the answer with a cookie for `token`.
    pub fn set<R>(&self, token: Option<&DeviceToken>, answer: R) -> WithCookie<R> {
        WithCookie::new(answer, token.and_then(|token| self.settings.device_cookie(token)))
    }
}

impl FromRequest for DeviceCookie {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = web::Data::<CookieSettings>::from_request(request, payload).into_inner();
        ready(settings.map(|settings| {
            let cookies = ReceivedCookies::of(request);
            let token = cookies
                .values(&settings.device_name)
                .find_map(|value| settings.device_token(value));
            Self { settings, token }
        }))
    }
}

impl Apiv2Schema for DeviceCookie {}
impl OperationModifier for DeviceCookie {}
