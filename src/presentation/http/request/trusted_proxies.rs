use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use actix_web::http::header::{self, HeaderMap, HeaderName};
use ipnet::IpNet;

/// The proxies that are trusted to report the address of a client.
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    /// The networks of the proxies.
    pub networks: Vec<IpNet>,
    /// The header that they set. The other one is ignored, because a proxy that does not set it may forward the
    /// client's.
    pub header: ForwardingHeader,
}

/// A header to which each proxy appends the address of the peer that sent it the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardingHeader {
    /// `X-Forwarded-For`: addresses, separated by commas.
    XForwardedFor,
    /// `Forwarded` (RFC 7239): `for=` among other parameters.
    Forwarded,
}

impl TrustedProxies {
    /// Trusts no proxy.
    pub fn none() -> Self {
        Self {
            networks: Vec::new(),
            header: ForwardingHeader::XForwardedFor,
        }
    }

    /// Returns the address of the client that sent a request with these headers through `peer`.
    ///
    /// It is `peer` if that is not a trusted proxy, otherwise the last address in the header that is not a trusted
    /// proxy's.
    /// Earlier addresses may be forged by the client. If a trusted proxy reported no valid address, the result is the
    /// address of that proxy.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut hops = self.header.hops(headers);
        while self.trusts(client)
            && let Some(Some(hop)) = hops.next()
        {
            client = hop;
        }
        client
    }

    /// Returns whether the address is a trusted proxy's.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }
}

impl fmt::Display for ForwardingHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().as_str())
    }
}

impl ForwardingHeader {
    fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => header::X_FORWARDED_FOR,
            Self::Forwarded => header::FORWARDED,
        }
    }

    /// Returns the addresses in the header, last first, with `None` for each invalid one.
    ///
    /// Empty elements are skipped (RFC 9110, section 5.6.1).
    fn hops(self, headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
        let lines = Vec::from_iter(headers.get_all(self.name()));
        lines.into_iter().rev().flat_map(move |line| {
            let elements = split_from_the_end(line.as_bytes(), b',');
            let elements = elements.filter(|element| *element != Some(""));
            elements.map(move |element| match self {
                Self::XForwardedFor => address(element?),
                Self::Forwarded => address(parameter_for(element?)?),
            })
        })
    }
}

/// Returns the value of `for` in an element of `Forwarded`, if there is exactly one.
fn parameter_for(element: &str) -> Option<&str> {
    // Escaped quotes are not parsed. No address contains one.
    if element.contains('\\') {
        return None;
    }
    let mut values = split_from_the_end(element.as_bytes(), b';').filter_map(|pair| {
        let (name, value) = pair?.split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    });
    let value = values.next().filter(|_| values.next().is_none())?;
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    Some(quoted.unwrap_or(value))
}

/// Splits at separators outside of quotes, last part first; `None` is a part that is not UTF-8.
///
/// It starts at the end, which the proxies wrote, so that a quote left open by the client has no effect on it.
fn split_from_the_end(bytes: &[u8], separator: u8) -> impl Iterator<Item = Option<&str>> {
    let mut is_quoted = false;
    let parts = bytes.rsplit(move |&byte| {
        is_quoted ^= byte == b'"';
        byte == separator && !is_quoted
    });
    parts.map(|part| str::from_utf8(part.trim_ascii()).ok())
}

/// Parses `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok();
    let address = text
        .parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .or_else(|| in_brackets().map(IpAddr::V6))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::{collection::vec, prelude::*};
    use rstest::rstest;

    use super::{ForwardingHeader::*, *};

    const PROXY: &str = "10.0.0.1";
    const STRANGER: &str = "203.0.113.9";

    /// Returns the client's address, with trusted proxies in 10.0.0.0/8 and fd00::/8.
    fn client(peer: &str, header: ForwardingHeader, lines: &[impl AsRef<[u8]>]) -> String {
        let proxies = TrustedProxies {
            networks: vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            header,
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header.name(), HeaderValue::from_bytes(line.as_ref()).unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[rstest]
    #[case::ipv4("192.0.2.1", "192.0.2.1")]
    #[case::ipv4_with_port("192.0.2.1:4711", "192.0.2.1")]
    #[case::ipv6("2001:db8::1", "2001:db8::1")]
    #[case::ipv6_in_brackets("[2001:db8::1]", "2001:db8::1")]
    #[case::ipv6_with_port("[2001:db8::1]:4711", "2001:db8::1")]
    #[case::ipv6_in_capitals("2001:DB8::1", "2001:db8::1")]
    #[case::ipv4_in_ipv6("::ffff:192.0.2.1", "192.0.2.1")]
    #[case::ipv4_in_ipv6_with_port("[::ffff:192.0.2.1]:4711", "192.0.2.1")]
    #[case::what_a_client_made_up("198.51.100.7, 192.0.2.1", "192.0.2.1")]
    #[case::without_a_space("198.51.100.7,192.0.2.1", "192.0.2.1")]
    #[case::through_two_proxies("198.51.100.7, 192.0.2.1, 10.0.0.2", "192.0.2.1")]
    #[case::through_two_proxies_on_ipv6("192.0.2.1, fd00::2", "192.0.2.1")]
    #[case::proxies_alone("10.0.0.3, 10.0.0.2", "10.0.0.3")]
    #[case::unknown("198.51.100.7, unknown", PROXY)]
    #[case::unknown_before_a_proxy("198.51.100.7, unknown, 10.0.0.2", "10.0.0.2")]
    #[case::nothing("", PROXY)]
    #[case::nothing_at_the_end("198.51.100.7, 192.0.2.1, ", "192.0.2.1")]
    #[case::nothing_between(" ,,198.51.100.7,192.0.2.1,\t, 10.0.0.2,,", "192.0.2.1")]
    #[case::nothing_but_commas(",, ,", PROXY)]
    #[case::name("198.51.100.7, localhost", PROXY)]
    #[case::network("198.51.100.7, 192.0.2.0/24", PROXY)]
    #[case::port_out_of_range("198.51.100.7, 192.0.2.1:65536", PROXY)]
    #[case::ipv4_in_brackets("198.51.100.7, [192.0.2.1]", PROXY)]
    #[case::bracket_left_open("198.51.100.7, [2001:db8::1", PROXY)]
    #[case::zeros_in_front("198.51.100.7, 192.0.2.010", PROXY)]
    #[case::quoted("198.51.100.7, \"192.0.2.1\"", PROXY)]
    #[case::in_the_words_of_the_other_header("198.51.100.7, for=192.0.2.1", PROXY)]
    fn a_trusted_proxy_says_in_x_forwarded_for_who_the_client_is(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(client(PROXY, XForwardedFor, &[line]), expected);
        assert_eq!(client(STRANGER, XForwardedFor, &[line]), STRANGER);
    }

    #[rstest]
    #[case::ipv4("for=192.0.2.1", "192.0.2.1")]
    #[case::ipv4_with_port("for=\"192.0.2.1:4711\"", "192.0.2.1")]
    #[case::ipv6(r#"for="[2001:db8::1]""#, "2001:db8::1")]
    #[case::ipv6_with_port(r#"for="[2001:db8::1]:4711""#, "2001:db8::1")]
    #[case::ipv4_in_ipv6(r#"for="[::ffff:192.0.2.1]""#, "192.0.2.1")]
    #[case::in_capitals("FOR=192.0.2.1", "192.0.2.1")]
    #[case::among_others("by=10.0.0.1;for=192.0.2.1;proto=https;host=example.com", "192.0.2.1")]
    #[case::with_spaces("proto=https; for=192.0.2.1", "192.0.2.1")]
    #[case::what_a_client_made_up("for=198.51.100.7, for=192.0.2.1", "192.0.2.1")]
    #[case::through_two_proxies("for=198.51.100.7, for=192.0.2.1;proto=https, for=10.0.0.2", "192.0.2.1")]
    #[case::separators_in_quotes(r#"for=192.0.2.1;host="a,b;for=198.51.100.7""#, "192.0.2.1")]
    #[case::quotes_left_open(r#"for=198.51.100.7;host=", for=192.0.2.1"#, "192.0.2.1")]
    #[case::quotes_left_open_before_quotes(r#"for=198.51.100.7;host=", for="[2001:db8::1]""#, "2001:db8::1")]
    #[case::escape_left_open(r#"for=198.51.100.7;host="\, for="[2001:db8::1]""#, "2001:db8::1")]
    #[case::escaped_quotes(r#"for=192.0.2.1;host="a\", for=198.51.100.7, b=\"""#, PROXY)]
    #[case::twice("for=198.51.100.7;for=192.0.2.1", PROXY)]
    #[case::none("for=198.51.100.7, proto=https", PROXY)]
    #[case::nothing("", PROXY)]
    #[case::nothing_between(",for=198.51.100.7,,for=192.0.2.1, ,for=10.0.0.2;, ", "192.0.2.1")]
    #[case::unknown("for=198.51.100.7, for=unknown", PROXY)]
    #[case::obfuscated("for=198.51.100.7, for=_hidden", PROXY)]
    #[case::obfuscated_before_a_proxy("for=198.51.100.7, for=_hidden, for=10.0.0.2", "10.0.0.2")]
    #[case::obfuscated_port(r#"for=198.51.100.7, for="192.0.2.1:_port""#, PROXY)]
    #[case::in_the_words_of_the_other_header("198.51.100.7, 192.0.2.1", PROXY)]
    fn a_trusted_proxy_says_in_forwarded_who_the_client_is(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(client(PROXY, Forwarded, &[line]), expected);
        assert_eq!(client(STRANGER, Forwarded, &[line]), STRANGER);
    }

    #[test]
    fn the_last_of_several_lines_is_that_of_the_nearest_proxy() {
        for (lines, expected) in [
            (["198.51.100.7", "192.0.2.1"], "192.0.2.1"),
            (["198.51.100.7, 192.0.2.1", "10.0.0.3, 10.0.0.2"], "192.0.2.1"),
            (["192.0.2.1", ""], "192.0.2.1"),
            (["198.51.100.7, 192.0.2.1", " ,"], "192.0.2.1"),
        ] {
            assert_eq!(client(PROXY, XForwardedFor, &lines), expected, "{lines:?}");
        }
        let no_text: [&[u8]; 2] = [b"192.0.2.1", b"\xff"];
        assert_eq!(client(PROXY, XForwardedFor, &no_text), PROXY);
        assert_eq!(client(PROXY, XForwardedFor, &[b"\xff, 192.0.2.1"]), "192.0.2.1");
        let quotes_left_open = [r#"for=198.51.100.7;host=""#, r#"for="[2001:db8::1]""#];
        assert_eq!(client(PROXY, Forwarded, &quotes_left_open), "2001:db8::1");
    }

    #[test]
    fn a_proxy_is_known_by_its_ipv4_address_on_a_socket_of_ipv6_too() {
        assert_eq!(client("::ffff:10.0.0.1", XForwardedFor, &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client("::ffff:203.0.113.9", XForwardedFor, &["192.0.2.1"]), STRANGER);
    }

    #[test]
    fn only_the_header_that_is_named_is_looked_at() {
        for (header, other) in [(XForwardedFor, Forwarded), (Forwarded, XForwardedFor)] {
            let proxies = TrustedProxies {
                networks: vec!["10.0.0.0/8".parse().unwrap()],
                header,
            };
            for said in ["192.0.2.1", "for=192.0.2.1"] {
                let headers = [(other.name(), HeaderValue::from_static(said))].into_iter().collect();
                let client = proxies.client(PROXY.parse().unwrap(), &headers);
                assert_eq!(client.to_string(), PROXY, "{other:?}: {said}");
            }
        }
    }

    fn either_header() -> impl Strategy<Value = ForwardingHeader> {
        prop_oneof![Just(XForwardedFor), Just(Forwarded)]
    }

    /// Generates header values, preferring parts that matter in forwarding headers.
    fn any_line() -> impl Strategy<Value = Vec<u8>> {
        let any_bytes = vec(any::<u8>(), 0..40);
        let mostly_plausible = "([,;=\"\\\\\\[\\]:. ]|for=|10\\.0\\.0\\.2|198\\.51\\.100\\.7|fd00::1|unknown){0,12}";
        prop_oneof![any_bytes, mostly_plausible.prop_map(String::into_bytes)]
            .prop_filter("not a header", |bytes| HeaderValue::from_bytes(bytes).is_ok())
    }

    proptest! {
        #[test]
        fn who_is_not_trusted_is_the_client_whatever_is_sent(
            header in either_header(),
            lines in vec(any_line(), 0..4),
        ) {
            prop_assert_eq!(client(STRANGER, header, &lines), STRANGER);
        }

        #[test]
        fn whatever_a_client_sends_it_is_whom_the_trusted_proxy_names(
            header in either_header(),
            mut lines in vec(any_line(), 0..4),
            on_its_own_line in any::<bool>(),
            (in_x_forwarded_for, in_forwarded, expected) in prop_oneof![
                Just(("192.0.2.1", "for=192.0.2.1", "192.0.2.1")),
                Just(("2001:db8::1", "for=\"[2001:db8::1]:4711\"", "2001:db8::1")),
            ],
        ) {
            let named = match header {
                XForwardedFor => in_x_forwarded_for,
                Forwarded => in_forwarded,
            };
            match lines.last_mut().filter(|_| !on_its_own_line) {
                Some(last) => last.extend_from_slice(format!(", {named}").as_bytes()),
                None => lines.push(named.into()),
            }
            prop_assert_eq!(client(PROXY, header, &lines), expected);
        }
    }
}
