use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// What counts as one place that clients come from: an IPv4 address, or the first 64 bits of an IPv6 address, which is the
/// least that a customer is given, with all addresses in it (RIPE-690).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

impl ClientNetwork {
    const IPV6_PREFIX: u128 = !0 << 64;

    /// The network that `address` belongs to.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & Self::IPV6_PREFIX).into(),
            address => address,
        })
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::same_address("192.0.2.1", "192.0.2.1", true)]
    #[case::neighbours("192.0.2.1", "192.0.2.2", false)]
    #[case::mapped("::ffff:192.0.2.1", "192.0.2.1", true)]
    #[case::mapped_neighbours("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    #[case::same_64("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true)]
    #[case::next_64("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    fn whoever_holds_a_network_is_one_whatever_address_they_use(
        #[case] one: IpAddr,
        #[case] other: IpAddr,
        #[case] same: bool,
    ) {
        assert_eq!(ClientNetwork::of(one) == ClientNetwork::of(other), same);
    }
}
