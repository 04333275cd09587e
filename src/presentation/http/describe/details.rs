use serde_json::Value;

use crate::domain::user::PasswordPolicy;

/// Details of one operation for the OpenAPI document, besides its types and comments.
pub struct Details {
    /// The id of the operation.
    pub operation_id: &'static str,
    /// Builds an example of a request body, with a password that this policy accepts.
    pub request: Option<fn(&PasswordPolicy) -> Value>,
    /// Builds an example of a successful answer.
    pub response: Option<fn() -> Value>,
    /// The operations that can follow with the values of a successful answer.
    pub links: &'static [&'static str],
    /// The header component for `Set-Cookie` in a successful answer, if it does more than renew the session.
    pub cookie: Option<&'static str>,
    /// Whether a successful answer has a `Location`.
    pub has_location: bool,
    /// Whether it answers a proxy: with `Remote-*` headers, with the address of the log-in, and without cookies.
    pub for_proxy: bool,
}

impl Details {
    /// Creates empty details of an operation.
    pub const fn of(operation_id: &'static str) -> Self {
        Self {
            operation_id,
            request: None,
            response: None,
            links: &[],
            cookie: None,
            has_location: false,
            for_proxy: false,
        }
    }
}
