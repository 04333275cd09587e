use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

/// A network that is assigned to one client: an IPv4 address or an IPv6 prefix.
///
/// Providers assign a /64, a /56 or a /48 to an IPv6 client (RIPE-690), which uses any address in it. Nobody else can
/// tell which of them it is, so limits apply to all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork {
    address: IpAddr,
    /// Length of the prefix in bits.
    length: u32,
}

impl ClientNetwork {
    /// Lengths of the prefixes that an IPv6 client may have, in bits, narrowest first.
    const IPV6_PREFIXES: [u32; 3] = [64, 56, 48];

    /// Returns every network that `address` may stand for, narrowest first.
    pub fn all_of(address: IpAddr) -> Vec<Self> {
        if address.to_canonical().is_ipv4() {
            return vec![Self::narrowest_of(address)];
        }
        Self::IPV6_PREFIXES.map(|length| Self::of(address, length)).to_vec()
    }

    /// Returns the widest network that `address` may stand for, by which clients share fairly.
    pub fn widest_of(address: IpAddr) -> Self {
        Self::of(address, Self::IPV6_PREFIXES[2])
    }

    /// Returns the narrowest network that `address` may stand for.
    pub fn narrowest_of(address: IpAddr) -> Self {
        Self::of(address, Self::IPV6_PREFIXES[0])
    }

    /// Returns the [widest](Self::widest_of) network of the addresses in this one.
    pub fn widest(self) -> Self {
        Self::widest_of(self.address)
    }

    /// Returns the network of an IPv4 address, or the IPv6 prefix of `length`.
    fn of(address: IpAddr, length: u32) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let prefix = address.to_bits() & (u128::MAX << (Ipv6Addr::BITS - length));
                let address = Ipv6Addr::from_bits(prefix).into();
                Self { address, length }
            }
            address => Self { address, length: 32 },
        }
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ipv4("192.0.2.1", &["192.0.2.1/32"])]
    #[case::mapped("::ffff:192.0.2.1", &["192.0.2.1/32"])]
    #[case::ipv6("2001:db8:1:2345::1", &["2001:db8:1:2345::/64", "2001:db8:1:2300::/56", "2001:db8:1::/48"])]
    fn an_address_stands_for_every_network_that_a_client_may_have(#[case] address: IpAddr, #[case] networks: &[&str]) {
        let all = ClientNetwork::all_of(address);
        assert_eq!(Vec::from_iter(all.iter().map(ToString::to_string)), networks);
        assert_eq!(Some(&ClientNetwork::narrowest_of(address)), all.first());
        assert_eq!(Some(&ClientNetwork::widest_of(address)), all.last());
        assert!(all.iter().all(|network| Some(&network.widest()) == all.last()));
    }

    #[rstest]
    #[case::same_64("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", 3)]
    #[case::same_56("2001:db8:0:1::1", "2001:db8:0:2::1", 2)]
    #[case::same_48("2001:db8:0:1::1", "2001:db8:0:101::1", 1)]
    #[case::next_48("2001:db8:0:1::1", "2001:db8:1:1::1", 0)]
    #[case::neighbours("192.0.2.1", "192.0.2.2", 0)]
    fn clients_share_the_networks_that_hold_both(#[case] one: IpAddr, #[case] other: IpAddr, #[case] shared: usize) {
        let others = ClientNetwork::all_of(other);
        let all = ClientNetwork::all_of(one);
        assert_eq!(all.iter().filter(|network| others.contains(network)).count(), shared);
    }

    #[test]
    fn the_first_network_of_a_prefix_is_not_the_prefix() {
        let all = ClientNetwork::all_of("2001:db8::1".parse().unwrap());
        assert!(all[0] != all[1] && all[1] != all[2]);
    }
}
