use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

use crate::presentation::http::settings::HttpSettings;

/// Extracts the address of the client: the peer's or, if the peer is a trusted proxy, the one that it reports.
///
/// IPv4-mapped addresses are converted to IPv4. The address is personal data. `ConnectionInfo::realip_remote_addr` of
/// Actix is no alternative, because it trusts the headers of any client.
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Returns the address of the client that sent `request`.
    pub fn of(request: &HttpRequest) -> Self {
        // Only requests made by tests have no peer.
        let peer = request
            .peer_addr()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |socket| socket.ip());
        let settings = request.app_data::<web::Data<HttpSettings>>();
        Self(match settings {
            Some(settings) => settings.trusted_proxies.client(peer, request.headers()),
            None => peer.to_canonical(),
        })
    }
}

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Apiv2Schema for ClientAddress {}
impl OperationModifier for ClientAddress {}
