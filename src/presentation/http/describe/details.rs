use serde_json::Value;

use crate::domain::user::PasswordPolicy;

/// What the OpenAPI document says about one operation besides its types and comments.
pub struct Details {
    /// The id of the operation.
    pub operation_id: &'static str,
    /// Makes a body that the operation takes while new passwords follow this policy.
    pub request: Option<fn(&PasswordPolicy) -> Value>,
    /// Makes a body that the operation answers with when it succeeds.
    pub response: Option<fn() -> Value>,
    /// The operations that can be asked next with what that answer says.
    pub links: &'static [&'static str],
    /// The header component that describes `Set-Cookie` in that answer, if it does more than renew the session.
    pub cookie: Option<&'static str>,
    /// Whether that answer has a `Location`.
    pub has_location: bool,
}

impl Details {
    /// An operation about which there is nothing to say yet.
    pub const fn of(operation_id: &'static str) -> Self {
        Self {
            operation_id,
            request: None,
            response: None,
            links: &[],
            cookie: None,
            has_location: false,
        }
    }
}
