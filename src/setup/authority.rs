//! The address under which the server can be reached from its own machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Returns the authority of a server that listens there: the loopback address if it listens on every address.
pub fn authority(host: &str, port: u16) -> String {
    match host.parse() {
        Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string(),
        Ok(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => SocketAddr::from((Ipv6Addr::LOCALHOST, port)).to_string(),
        Ok(ip) => SocketAddr::new(ip, port).to_string(),
        Err(_) => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::every_address("0.0.0.0", "127.0.0.1:8000")]
    #[case::every_address("::", "[::1]:8000")]
    #[case::one_address("192.0.2.1", "192.0.2.1:8000")]
    #[case::one_address("2001:db8::1", "[2001:db8::1]:8000")]
    #[case::name("localhost", "localhost:8000")]
    fn a_server_is_asked_where_it_can_be_reached(#[case] host: &str, #[case] expected: &str) {
        assert_eq!(authority(host, 8000), expected);
    }
}
