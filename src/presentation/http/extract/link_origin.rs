use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpRequest,
    dev::Payload,
    http::{header, uri::Authority},
    web,
};
use paperclip::{
    actix::OperationModifier,
    v2::{models::DefaultOperationRaw, schema::Apiv2Schema},
};

use crate::presentation::http::{
    describe,
    problem::{Problem, ProblemCode},
    settings::HttpSettings,
};

/// Extracts the origin that the addresses of one-time links begin with.
///
/// It is the first public origin or, if none is configured, that of the request: its `Host`, over HTTPS if the cookies
/// are for HTTPS only. A `Host` that is not a host with an optional port is 400, since it would lead the link elsewhere.
pub struct LinkOrigin(pub String);

impl FromRequest for LinkOrigin {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = web::Data::<HttpSettings>::from_request(request, payload).into_inner();
        ready(settings.and_then(|settings| match settings.public_origins.first() {
            Some(origin) => Ok(Self(origin.clone())),
            None => {
                let scheme = if settings.cookie.secure { "https" } else { "http" };
                let host = host(request).ok_or_else(|| Problem::new(ProblemCode::BadRequest))?;
                Ok(Self(format!("{scheme}://{host}")))
            }
        }))
    }
}

fn host(request: &HttpRequest) -> Option<Authority> {
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let authority: Authority = host.parse().ok()?;
    // User information is part of an authority, but not of a `Host` (RFC 9110, section 7.2).
    (!host.contains('@')).then_some(authority)
}

impl Apiv2Schema for LinkOrigin {}
impl OperationModifier for LinkOrigin {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        describe::add_problems(operation, &[ProblemCode::BadRequest]);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    async fn origin(public_origins: &[&str], host: &str) -> Result<String, Error> {
        let settings = HttpSettings {
            public_origins: public_origins.iter().map(ToString::to_string).collect(),
            ..HttpSettings::for_tests(&[])
        };
        let request = TestRequest::default()
            .app_data(web::Data::new(settings))
            .insert_header((header::HOST, host))
            .insert_header((header::X_FORWARDED_HOST, "evil.test"))
            .to_http_request();
        LinkOrigin::extract(&request).await.map(|origin| origin.0)
    }

    #[tokio::test]
    async fn the_first_public_origin_comes_before_that_of_the_request() {
        let (host, public) = (
            "gate.example.com:8443",
            ["https://one.example.com", "https://two.example.com"],
        );
        assert_eq!(origin(&public, host).await.unwrap(), "https://one.example.com");
        assert_eq!(origin(&[], host).await.unwrap(), "https://gate.example.com:8443");
        assert_eq!(origin(&[], "[2001:db8::1]").await.unwrap(), "https://[2001:db8::1]");
    }

    #[tokio::test]
    async fn a_host_that_leads_elsewhere_is_rejected() {
        for host in [
            "",
            "user@evil.test",
            "evil.test/path",
            "evil.test?query",
            "evil.test#fragment",
            "a b",
        ] {
            let error = origin(&[], host).await.unwrap_err();
            assert_eq!(error.as_response_error().status_code(), 400, "{host}");
        }
    }
}
