use std::net::{IpAddr, Ipv4Addr};

use actix_web::{HttpRequest, web};

use crate::presentation::http::settings::HttpSettings;

/// Returns the peer's address or, if the peer is a trusted proxy, the address that it reports.
///
/// IPv4-mapped addresses are converted to IPv4. The address is personal data. `ConnectionInfo::realip_remote_addr` of
/// Actix is no alternative, because it trusts the headers of any client.
pub fn client_address(request: &HttpRequest) -> IpAddr {
    // Only requests made by tests have no peer.
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |socket| socket.ip());
    match request.app_data::<web::Data<HttpSettings>>() {
        Some(settings) => settings.trusted_proxies.client(peer, request.headers()),
        None => peer.to_canonical(),
    }
}
