//! The codes of all problems.

use actix_web::http::StatusCode;

macro_rules! problem_codes {
    ($($name:ident: $status:ident, $code:literal, $title:literal;)+) => {
        /// A kind of problem, with its stable name, its HTTP status and its title.
        ///
        /// Clients rely on [`code`](Self::code), so it never changes once it is released.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemCode {
            $(#[doc = concat!($title, " (`", $code, "`).")] $name,)+
        }

        impl ProblemCode {
            /// All codes, in the order of their status.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// Returns the stable name, in snake case.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// Returns a short summary, the same for every occurrence (RFC 9457, section 3.1.3).
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }
        }
    };
}

problem_codes! {
    BadRequest: BAD_REQUEST, "bad_request", "The request cannot be understood";
    MalformedJson: BAD_REQUEST, "malformed_json", "The body is not JSON";
    InvalidUsername: BAD_REQUEST, "invalid_username", "The username breaks a rule";
    InvalidPassword: BAD_REQUEST, "invalid_password", "The password breaks a rule";
    NotAuthenticated: UNAUTHORIZED, "not_authenticated", "Not logged in";
    InvalidCredentials: UNAUTHORIZED, "invalid_credentials", "Username or password is wrong";
    NotAuthorized: FORBIDDEN, "not_authorized", "The caller may not do this";
    AlreadyAuthenticated: FORBIDDEN, "already_authenticated", "The caller is logged in already";
    WrongCurrentPassword: FORBIDDEN, "wrong_current_password", "The current password is wrong";
    SignUpClosed: FORBIDDEN, "sign_up_closed", "Sign-up is closed";
    PasswordSettingClosed: FORBIDDEN, "password_setting_closed", "Admins set no passwords";
    CrossSiteRequest: FORBIDDEN, "cross_site_request", "A page of another origin has sent the request";
    OriginNotListed: FORBIDDEN, "origin_not_listed", "The origin is not listed";
    RouteNotFound: NOT_FOUND, "route_not_found", "Nothing is served under this path";
    UserNotFound: NOT_FOUND, "user_not_found", "No such user";
    SessionNotFound: NOT_FOUND, "session_not_found", "No such session";
    LinkNotFound: NOT_FOUND, "link_not_found", "No such link";
    MethodNotAllowed: METHOD_NOT_ALLOWED, "method_not_allowed", "The path does not answer this method";
    RequestTimeout: REQUEST_TIMEOUT, "request_timeout", "The request took too long to arrive";
    UsernameAlreadyExists: CONFLICT, "username_already_exists", "The username is taken";
    UserIsActive: CONFLICT, "user_is_active", "The user is active";
    UserIsInactive: CONFLICT, "user_is_inactive", "The user is inactive";
    PayloadTooLarge: PAYLOAD_TOO_LARGE, "payload_too_large", "The body is too large";
    UriTooLong: URI_TOO_LONG, "uri_too_long", "The path with its query is too long";
    UnsupportedMediaType: UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type",
        "The media type or coding of the body is not supported";
    ValidationFailed: UNPROCESSABLE_ENTITY, "validation_failed", "The request has the wrong shape";
    TooManyAttempts: TOO_MANY_REQUESTS, "too_many_attempts", "Too many attempts";
    HeaderFieldsTooLarge: REQUEST_HEADER_FIELDS_TOO_LARGE, "header_fields_too_large", "The header fields are too large";
    InternalError: INTERNAL_SERVER_ERROR, "internal_error", "The server failed";
    ServiceUnavailable: SERVICE_UNAVAILABLE, "service_unavailable", "The service cannot answer right now";
}

impl ProblemCode {
    /// Returns the code for an error of the framework that has only a status.
    pub fn for_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::RouteNotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::SERVICE_UNAVAILABLE => Self::ServiceUnavailable,
            other if other.is_client_error() => Self::BadRequest,
            _ => Self::InternalError,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_snake_case_errors() {
        let mut seen = HashSet::new();
        for problem in ProblemCode::ALL {
            let code = problem.code();
            assert!(seen.insert(code), "{code} is there twice");
            assert!(
                code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{code}"
            );
            assert!(
                problem.status().is_client_error() || problem.status().is_server_error(),
                "{code}"
            );
        }
    }

    #[test]
    fn a_bare_status_keeps_its_meaning() {
        assert_eq!(
            ProblemCode::for_status(StatusCode::NOT_FOUND),
            ProblemCode::RouteNotFound
        );
        assert_eq!(
            ProblemCode::for_status(StatusCode::IM_A_TEAPOT),
            ProblemCode::BadRequest
        );
        assert_eq!(
            ProblemCode::for_status(StatusCode::BAD_GATEWAY),
            ProblemCode::InternalError
        );
    }

    #[test]
    fn the_documentation_lists_every_code_with_its_status() {
        let (_, guide) = include_str!("../../../../docs/api.md")
            .split_once("\n## Errors\n")
            .unwrap();
        let documented: Vec<_> = guide
            .lines()
            .take_while(|line| !line.starts_with("## "))
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
            .map(|(code, rest)| (code, &rest[..3]))
            .collect();
        let statuses: Vec<_> = ProblemCode::ALL
            .iter()
            .map(|problem| (problem.code(), problem.status()))
            .collect();
        let known: Vec<_> = statuses.iter().map(|(code, status)| (*code, status.as_str())).collect();
        assert_eq!(documented, known);
    }
}
