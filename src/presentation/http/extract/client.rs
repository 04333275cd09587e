use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

use super::client_address;
use crate::{
    application::audit_trail::Provenance, domain::session::UserAgent, presentation::http::request::request_id,
};

/// Extracts what is known about the client that sent the request.
pub struct Client {
    /// The address of the client, and the id of the request.
    pub provenance: Provenance,
    /// The `User-Agent` of the client.
    pub user_agent: Option<UserAgent>,
}

/// Returns the client's address and the id of `request`.
pub fn provenance(request: &HttpRequest) -> Provenance {
    Provenance {
        address: Some(client_address(request)),
        request_id: request_id::current().map(request_id::RequestId::into_inner),
    }
}

impl FromRequest for Client {
    type Error = Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = request.headers().get(header::USER_AGENT);
        ready(Ok(Self {
            provenance: provenance(request),
            user_agent: user_agent.and_then(|value| UserAgent::new(&String::from_utf8_lossy(value.as_bytes()))),
        }))
    }
}

impl Apiv2Schema for Client {}
impl OperationModifier for Client {}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use actix_web::test::TestRequest;

    use super::*;

    async fn client(request: TestRequest) -> Client {
        let Ok(client) = Client::from_request(&request.to_http_request(), &mut Payload::None).await;
        client
    }

    #[tokio::test]
    async fn a_client_is_known_by_its_address_and_what_it_calls_itself() {
        let peer = "[::ffff:192.0.2.1]:4711".parse().unwrap();
        let request = TestRequest::default().peer_addr(peer);
        let known = client(request.insert_header((header::USER_AGENT, &b"Agent\xff"[..]))).await;
        assert_eq!(known.provenance.address, Some(IpAddr::from([192, 0, 2, 1])));
        assert_eq!(known.user_agent, UserAgent::new("Agent\u{fffd}"));
        assert_eq!(client(TestRequest::default()).await.user_agent, None);
    }
}
