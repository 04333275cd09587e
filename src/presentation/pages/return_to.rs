use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use actix_web::Error;

use super::settings::PATH;
use crate::presentation::http::{
    Destination, ForwardAuth, HttpSettings,
    problem::{Problem, ProblemCode},
};

/// Where a log-in leads: the parameter `rd`.
///
/// Nothing but [`new`](Self::new) takes an address from outside, so a log-in cannot lead to another server (CWE-601).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReturnTo {
    /// The path and query of a page of ours.
    Page(String),
    /// An address of a guarded service.
    Service(Destination),
}

/// The maximum length of the address of a page, in bytes.
const MAX_LENGTH: usize = 2_048;

impl ReturnTo {
    /// Takes `rd`, if it is the address of a page of ours or of a service that `forward_auth` lists.
    pub fn new(rd: &str, forward_auth: Option<&ForwardAuth>) -> Option<Self> {
        if is_page(rd) {
            return Some(Self::Page(rd.to_owned()));
        }
        forward_auth?.destination(rd).map(Self::Service)
    }

    /// Returns the page of the own account.
    pub fn account() -> Self {
        Self::Page("/console/".to_owned())
    }

    /// Takes the parameter `rd`; without one, the log-in leads to the own account.
    ///
    /// # Errors
    /// 400 `bad_request` if `rd` leads to somewhere else.
    pub fn of(rd: Option<&str>, settings: &HttpSettings) -> Result<Self, Error> {
        let return_to = match rd {
            Some(rd) => Self::new(rd, settings.forward_auth.as_deref()),
            None => Some(Self::account()),
        };
        return_to.ok_or_else(|| {
            let detail = "This link would take you to an unknown site after the log-in. It may be a scam. Go to your \
                          account instead.";
            Problem::with_detail(ProblemCode::BadRequest, detail).into()
        })
    }

    /// Returns the address of the log-in that leads here.
    pub fn log_in_address(&self) -> String {
        self.address_of("login")
    }

    /// Returns the address of the sign-up whose log-in leads here.
    pub fn sign_up_address(&self) -> String {
        self.address_of("signup")
    }

    /// Returns the parameter `rd` that leads here, or `None` if that needs none.
    pub fn parameter(&self) -> Option<String> {
        (*self != Self::account()).then(|| self.to_string())
    }

    fn address_of(&self, page: &str) -> String {
        let Some(rd) = self.parameter() else {
            return format!("{PATH}/{page}");
        };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("rd", &rd)
            .finish();
        format!("{PATH}/{page}?{query}")
    }

    /// Returns a short text by which this address is recognized.
    pub fn fingerprint(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.to_string().hash(&mut hasher);
        format!("{:x}", hasher.finish())
    }
}

/// Returns whether this is the path and query of a page of ours. No such path has a dot, so none leaves the folder.
fn is_page(address: &str) -> bool {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_page = path.strip_prefix(PATH).is_some_and(|rest| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
        (rest.is_empty() || rest.starts_with('/')) && !rest.contains("//") && rest.bytes().all(is_plain)
    });
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"'<>".contains(&byte);
    is_page && query.bytes().all(is_plain) && address.len() <= MAX_LENGTH
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(address) => f.write_str(address),
            Self::Service(destination) => destination.fmt(f),
        }
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
    fn a_page_of_ours_is_returned_to(#[case] rd: &str) {
        assert_eq!(ReturnTo::new(rd, None).map(|to| to.to_string()).as_deref(), Some(rd));
    }

    #[test]
    fn a_listed_service_is_one_while_services_are_guarded() {
        let rd = "https://app.example.com/a?b";
        let to = ReturnTo::new(rd, Some(&ForwardAuth::for_tests())).unwrap();
        assert_eq!(
            to.log_in_address(),
            "/console/login?rd=https%3A%2F%2Fapp.example.com%2Fa%3Fb"
        );
        assert_eq!(ReturnTo::new(rd, None), None);
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
    #[case::folder_above("/console/../docs/")]
    #[case::folder_above_encoded("/console/%2e%2e//example.com")]
    #[case::script("javascript:alert(1)")]
    #[case::line_break("/console/\r\nSet-Cookie: a=b")]
    #[case::quote("/console/\"><script>")]
    fn nothing_else_is_returned_to(#[case] rd: &str) {
        assert_eq!(ReturnTo::new(rd, Some(&ForwardAuth::for_tests())), None);
    }
}
