use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

use crate::presentation::http::settings::HttpSettings;

/// The address of the client: that of the socket or, where a trusted proxy has connected, the one that the proxy names. IPv4 is
/// always written as such.
///
/// It is somebody's personal data. `ConnectionInfo::realip_remote_addr` of Actix believes whatever a client sends.
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address of the client that sent `request`.
    pub fn of(request: &HttpRequest) -> Self {
        // Only a request that a test has made up comes from no socket.
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
