use std::future::{Ready, ready};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

use super::{ReceivedCookies, WithCookie, session_cookie::CookieSettings};
use crate::application::{commands::account::Pass, ports::PassToken};

/// The cookie with the pass, which guarded services of the same domain get too.
pub struct PassCookie {
    settings: web::Data<CookieSettings>,
    tokens: Vec<PassToken>,
}

impl PassCookie {
    /// Returns the passes of the request; their sessions may have ended.
    pub fn into_tokens(self) -> Vec<PassToken> {
        self.tokens
    }

    /// Returns the answer with a cookie for `pass`.
    pub fn set<R>(&self, pass: &Pass, answer: R) -> WithCookie<R> {
        WithCookie::new(answer, self.settings.pass_cookie(pass))
    }

    /// Returns the answer with a cookie that removes the pass, if services are guarded.
    pub fn remove<R>(&self, answer: R) -> WithCookie<R> {
        WithCookie::new(answer, self.settings.pass_removal())
    }

    /// Returns the answer without a cookie.
    pub fn keep<R>(&self, answer: R) -> WithCookie<R> {
        WithCookie::new(answer, None)
    }
}

impl FromRequest for PassCookie {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = web::Data::<CookieSettings>::from_request(request, payload).into_inner();
        ready(settings.map(|settings| {
            let tokens = match &settings.pass {
                Some(pass) => ReceivedCookies::of(request)
                    .values(&pass.name)
                    .filter_map(|value| str::from_utf8(value).ok().map(PassToken::new))
                    .collect(),
                None => Vec::new(),
            };
            Self { settings, tokens }
        }))
    }
}

impl Apiv2Schema for PassCookie {}
impl OperationModifier for PassCookie {}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::presentation::http::cookies::PassCookieSettings;

    #[test]
    fn a_pass_is_shared_with_the_hosts_of_a_domain_and_removed_from_them() {
        let pass = Pass {
            token: PassToken::new("header.claims.signature"),
            lifetime: TimeDelta::days(30),
        };
        let mut settings = CookieSettings::for_tests();
        assert!(settings.pass_cookie(&pass).is_none() && settings.pass_removal().is_none());

        settings.pass = Some(PassCookieSettings {
            name: "__Secure-access_token_pass".to_owned(),
            domain: "example.com".to_owned(),
        });
        assert_eq!(
            settings.pass_cookie(&pass).unwrap().to_string(),
            "__Secure-access_token_pass=header.claims.signature; HttpOnly; SameSite=Lax; Secure; Path=/; \
             Domain=example.com; Max-Age=2592000"
        );
        let removal = settings.pass_removal().unwrap().to_string();
        assert!(removal.starts_with("__Secure-access_token_pass=; "), "{removal}");
        assert!(removal.contains("Domain=example.com; Max-Age=0"), "{removal}");
    }
}
