use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderValue},
    web,
};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

use crate::presentation::http::settings::HttpSettings;

/// Extracts the origin that the addresses of one-time links begin with.
///
/// It is the first public origin or, if none is configured, that of the request: its `Host`, over HTTPS if the cookies
/// are for HTTPS only.
pub struct LinkOrigin(pub String);

impl FromRequest for LinkOrigin {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = web::Data::<HttpSettings>::from_request(request, payload).into_inner();
        ready(settings.map(|settings| match settings.public_origins.first() {
            Some(origin) => Self(origin.clone()),
            None => {
                let scheme = if settings.cookie.secure { "https" } else { "http" };
                let host = request.headers().get(header::HOST).map(HeaderValue::to_str);
                let host = host.and_then(Result::ok).unwrap_or_default();
                Self(format!("{scheme}://{host}"))
            }
        }))
    }
}

impl Apiv2Schema for LinkOrigin {}
impl OperationModifier for LinkOrigin {}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    async fn origin(public_origins: &[&str]) -> String {
        let settings = HttpSettings {
            public_origins: public_origins.iter().map(ToString::to_string).collect(),
            ..HttpSettings::for_tests(&[])
        };
        let request = TestRequest::default()
            .app_data(web::Data::new(settings))
            .insert_header((header::HOST, "gate.example.com:8443"))
            .insert_header((header::X_FORWARDED_HOST, "evil.test"))
            .to_http_request();
        LinkOrigin::extract(&request).await.unwrap().0
    }

    #[tokio::test]
    async fn the_first_public_origin_comes_before_that_of_the_request() {
        assert_eq!(
            origin(&["https://one.example.com", "https://two.example.com"]).await,
            "https://one.example.com"
        );
        assert_eq!(origin(&[]).await, "https://gate.example.com:8443");
    }
}
