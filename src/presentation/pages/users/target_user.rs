use serde::Deserialize;

use crate::domain::user::UserId;

/// The form of a question about a user.
#[derive(Debug, Deserialize)]
pub struct TargetUser {
    /// The username.
    pub username: String,
}

/// Returns the address of a user's page.
pub fn address(id: UserId) -> String {
    format!("/console/users/{id}")
}
