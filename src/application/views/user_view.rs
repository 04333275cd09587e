use chrono::{DateTime, Utc};

use crate::domain::user::{Role, User, UserId};

/// The details of a user that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// The id of the user.
    pub id: UserId,
    /// The username, as it was typed.
    pub username: String,
    /// The role of the user.
    pub role: Role,
    /// Whether the user may log in.
    pub is_active: bool,
    /// Whether no password was ever set.
    pub is_invited: bool,
    /// When the user was created.
    pub created_at: DateTime<Utc>,
    /// When the user last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        let state = user.state();
        Self {
            id: state.id,
            username: state.username.to_string(),
            role: state.role,
            is_active: state.is_active,
            is_invited: user.is_invited(),
            created_at: state.created_at,
            updated_at: state.updated_at,
        }
    }
}
