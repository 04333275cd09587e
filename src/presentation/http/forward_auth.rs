use std::fmt;

use url::{ParseError, Url};

/// Settings of forward-auth: where visitors log in, and where they may return to.
#[derive(Clone, Debug)]
pub struct ForwardAuth {
    log_in: Url,
    /// In the form of the header `Origin`.
    origins: Vec<String>,
}

/// An address of a guarded service, to which a visitor may be sent.
///
/// Only [`ForwardAuth::destination`] creates one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination(Url);

impl ForwardAuth {
    /// The longest accepted address, in bytes.
    pub const MAX_LENGTH: usize = 2048;

    /// The page on which visitors log in.
    const LOG_IN: &str = "/console/login";

    /// Guards the services of these origins. Visitors log in at `public_origin`.
    ///
    /// # Errors
    /// [`ParseError`] if `public_origin` is not a URL.
    pub fn new(public_origin: &str, origins: &[String]) -> Result<Self, ParseError> {
        Ok(Self {
            log_in: Url::parse(public_origin)?.join(Self::LOG_IN)?,
            origins: origins.to_vec(),
        })
    }

    /// Returns the destination that `rd` names, in its normal form, if its origin is listed.
    ///
    /// An address that browsers and programs could read differently is rejected, wherever it leads: one without a
    /// scheme, or with user information, a backslash, white space or a control character.
    pub fn destination(&self, rd: &str) -> Option<Destination> {
        let is_plain = rd.len() <= Self::MAX_LENGTH
            && !rd
                .chars()
                .any(|char| char == '\\' || char.is_whitespace() || char.is_control());
        let (scheme, rest) = rd.split_once("://").filter(|_| is_plain)?;
        let is_http = ["http", "https"].iter().any(|http| scheme.eq_ignore_ascii_case(http));
        let authority = rest.split(['/', '?', '#']).next()?;
        if !is_http || authority.is_empty() || authority.contains('@') {
            return None;
        }
        let url = Url::parse(rd).ok()?;
        let is_listed = self.origins.contains(&url.origin().ascii_serialization());
        is_listed.then_some(Destination(url))
    }

    /// Returns the origin of `address` if it is not listed.
    pub fn unlisted_origin(&self, address: &str) -> Option<String> {
        let origin = Url::parse(address).ok()?.origin().ascii_serialization();
        (!self.origins.contains(&origin)).then_some(origin)
    }

    /// Returns the address of the page on which a visitor logs in, who then returns to `destination`.
    pub fn log_in(&self, destination: Option<&Destination>) -> String {
        let mut url = self.log_in.clone();
        if let Some(destination) = destination {
            url.query_pairs_mut().append_pair("rd", destination.as_str());
        }
        url.into()
    }
}

impl Destination {
    /// Returns the address, which is ASCII.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
impl ForwardAuth {
    /// Returns settings with two guarded services.
    pub fn for_tests() -> Self {
        let origins = ["https://app.example.com", "https://xn--bcher-kva.example.com:8443"];
        Self::new("https://auth.example.com", &origins.map(str::to_owned)).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn destination(rd: &str) -> Option<String> {
        ForwardAuth::for_tests()
            .destination(rd)
            .map(|destination| destination.to_string())
    }

    #[rstest]
    #[case::origin("https://app.example.com", "https://app.example.com/")]
    #[case::path("https://app.example.com/a/b?c=d&e=%2F#f", "https://app.example.com/a/b?c=d&e=%2F#f")]
    #[case::query_at_once("https://app.example.com?a", "https://app.example.com/?a")]
    #[case::mixed_case("HTTPS://App.Example.COM/A", "https://app.example.com/A")]
    #[case::default_port("https://app.example.com:443/", "https://app.example.com/")]
    #[case::punycode("https://xn--bcher-kva.example.com:8443/", "https://xn--bcher-kva.example.com:8443/")]
    #[case::international(
        "https://b\u{fc}cher.example.com:8443/\u{fc}",
        "https://xn--bcher-kva.example.com:8443/%C3%BC"
    )]
    #[case::at_sign_in_the_path("https://app.example.com/@alice", "https://app.example.com/@alice")]
    #[case::address_in_the_query(
        "https://app.example.com/?next=https://evil.test",
        "https://app.example.com/?next=https://evil.test"
    )]
    #[case::dots("https://app.example.com/a/../b", "https://app.example.com/b")]
    fn a_listed_origin_is_returned_to(#[case] rd: &str, #[case] expected: &str) {
        assert_eq!(destination(rd).as_deref(), Some(expected));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::another_host("https://evil.test/")]
    #[case::log_in_itself("https://auth.example.com/")]
    #[case::parent("https://example.com/")]
    #[case::child("https://a.app.example.com/")]
    #[case::no_scheme("app.example.com")]
    #[case::path("/path")]
    #[case::scheme_relative("//app.example.com")]
    #[case::scheme_relative_elsewhere("//evil.test")]
    #[case::no_slashes("https:evil.test")]
    #[case::no_slashes_listed("https:app.example.com")]
    #[case::one_slash("https:/app.example.com")]
    #[case::three_slashes("https:///app.example.com")]
    #[case::plain_http("http://app.example.com/")]
    #[case::other_scheme("javascript://app.example.com/%0aalert(1)")]
    #[case::data("data:text/html,x")]
    #[case::user_info("https://app.example.com@evil.test/")]
    #[case::user_info_listed("https://alice@app.example.com/")]
    #[case::empty_user_info("https://@app.example.com/")]
    #[case::password("https://a:b@app.example.com/")]
    #[case::longer_host("https://app.example.com.evil.test/")]
    #[case::trailing_dot("https://app.example.com./")]
    #[case::longer_label("https://badapp.example.com/")]
    #[case::other_port("https://app.example.com:8443/")]
    #[case::port_missing("https://xn--bcher-kva.example.com/")]
    #[case::backslashes("\\\\evil.test")]
    #[case::backslash_in_front("\\https://app.example.com/")]
    #[case::backslash_for_slash("https:\\\\app.example.com/")]
    #[case::backslash_before_at("https://app.example.com\\@evil.test/")]
    #[case::backslash_in_path("https://app.example.com/\\evil.test")]
    #[case::tab("https://app.example.com/\tx")]
    #[case::tab_in_scheme("ht\ttps://app.example.com/")]
    #[case::line_feed("https://app.example.com/\nLocation: https://evil.test")]
    #[case::space_in_front(" https://app.example.com/")]
    #[case::space_behind("https://app.example.com/ ")]
    #[case::unicode_space("https://app.example.com/\u{2003}")]
    #[case::null("https://app.example.com/\0")]
    #[case::delete("https://app.example.com/\u{7f}")]
    #[case::next_line("https://app.example.com/\u{85}")]
    #[case::encoded_slash_in_host("https://app.example.com%2f@evil.test/")]
    #[case::look_alike("https://\u{430}pp.example.com/")]
    fn anything_else_is_rejected(#[case] rd: &str) {
        assert_eq!(destination(rd), None);
    }

    #[test]
    fn a_long_address_is_rejected() {
        let of_length = |length: usize| format!("https://app.example.com/{}", "x".repeat(length - 24));
        assert!(destination(&of_length(ForwardAuth::MAX_LENGTH)).is_some());
        assert_eq!(destination(&of_length(ForwardAuth::MAX_LENGTH + 1)), None);
    }

    #[test]
    fn the_log_in_page_gets_the_address_as_one_parameter() {
        let forward_auth = ForwardAuth::for_tests();
        assert_eq!(forward_auth.log_in(None), "https://auth.example.com/console/login");
        let rd = "https://app.example.com/a?b=c&d=%26#e";
        let log_in = forward_auth.log_in(forward_auth.destination(rd).as_ref());
        assert_eq!(
            log_in,
            "https://auth.example.com/console/login?rd=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d%3D%2526%23e"
        );
        let parsed = Url::parse(&log_in).unwrap();
        assert_eq!(parsed.query_pairs().next().unwrap().1, rd);
    }

    /// Generates addresses, preferring parts that have led elsewhere in other programs.
    fn any_address() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("https:"),
            Just("http:"),
            Just("//"),
            Just("/"),
            Just("\\"),
            Just("app.example.com"),
            Just("evil.test"),
            Just("@"),
            Just(":443"),
            Just("."),
            Just("?"),
            Just("#"),
            Just("%2f"),
            Just("%40"),
            Just("\t"),
            Just(" "),
            Just("\u{3002}"),
            Just("javascript:"),
            Just("["),
            Just("]"),
        ];
        prop_oneof![
            proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat()),
            "\\PC{0,60}",
            "https://app\\.example\\.com\\PC{0,40}",
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_no_other_origin_is_returned_to(rd in any_address()) {
            if let Some(destination) = destination(&rd) {
                prop_assert!(destination.starts_with("https://app.example.com/"), "{} leads to {}", rd, destination);
                prop_assert!(destination.is_ascii() && !destination.contains(['\\', ' ', '\t', '\n']), "{}", destination);
                // What is returned is in its normal form.
                let again = ForwardAuth::for_tests().destination(&destination).map(|again| again.to_string());
                prop_assert_eq!(again, Some(destination));
            }
        }
    }
}
