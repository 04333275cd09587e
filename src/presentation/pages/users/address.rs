use crate::domain::user::UserId;

/// Returns the address of a user's page.
pub fn address(id: UserId) -> String {
    format!("/console/users/{id}")
}
