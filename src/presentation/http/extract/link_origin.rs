use std::{
    future::{Ready, ready},
    net::Ipv6Addr,
};

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

/// Returns the `Host` of a request (RFC 9110, section 7.2): a name or an IP address, and perhaps a port.
fn host(request: &HttpRequest) -> Option<&str> {
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let authority: Authority = host.parse().ok()?;
    let name = authority.host();
    let port = host.strip_prefix(name)?;
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    let ipv6 = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let is_name = match ipv6 {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => name.split('.').all(is_label),
    };
    (is_name && is_port).then_some(host)
}

fn is_label(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.bytes().all(is_allowed)
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
            "a,b",
            "*",
            "..",
            "[]",
            "[::1]x",
            "evil.test:",
            "evil.test:abc",
            "evil.test:99999",
        ] {
            let error = origin(&[], host).await.unwrap_err();
            assert_eq!(error.as_response_error().status_code(), 400, "{host}");
        }
    }
}
