use std::fmt;

use super::settings::PATH;

/// Where a log-in leads: a page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination(String);

/// The maximum length of an address, in bytes.
const MAX_LENGTH: usize = 2_048;

impl Destination {
    /// Takes the parameter `rd` of the log-in, if it is the address of a page of ours.
    ///
    /// The address is the path and query of a page, so it cannot lead to another server (CWE-601).
    pub fn new(rd: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"'<>".contains(&byte);
        let is_page = rd.strip_prefix(PATH).is_some_and(|rest| {
            (rest.is_empty() || rest.starts_with(['/', '?'])) && !rest.starts_with("//") && rest.bytes().all(is_plain)
        });
        (is_page && rd.len() <= MAX_LENGTH).then(|| Self(rd.to_owned()))
    }

    /// Returns the address of the log-in that leads here.
    pub fn log_in_address(&self) -> String {
        if *self == Self::account() {
            return "/console/login".to_owned();
        }
        let rd = form_urlencoded::Serializer::new(String::new())
            .append_pair("rd", &self.0)
            .finish();
        format!("/console/login?{rd}")
    }

    /// Returns the page of the own account.
    pub fn account() -> Self {
        Self("/console/".to_owned())
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/console")]
    #[case("/console/")]
    #[case("/console?a=b")]
    #[case("/console/users?username=ada&role=admin")]
    fn a_page_of_ours_is_a_destination(#[case] rd: &str) {
        assert_eq!(Destination::new(rd).map(|to| to.to_string()).as_deref(), Some(rd));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::another_path("/docs/")]
    #[case::another_name("/consoles")]
    #[case::another_server("https://example.com/console/")]
    #[case::without_a_scheme("//example.com/console")]
    #[case::backslash("/console\\..\\example.com")]
    #[case::host_after_the_path("/console.example.com")]
    #[case::user_info("/console@example.com")]
    #[case::slashes("/console//example.com")]
    #[case::script("javascript:alert(1)")]
    #[case::line_break("/console/\r\nSet-Cookie: a=b")]
    #[case::quote("/console/\"><script>")]
    fn nothing_else_is_a_destination(#[case] rd: &str) {
        assert_eq!(Destination::new(rd), None);
    }
}
