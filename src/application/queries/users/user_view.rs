use chrono::{DateTime, Utc};

use crate::domain::user::{Role, User, UserId};

/// A user as he is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// Who he is.
    pub id: UserId,
    /// His name as he typed it.
    pub username: String,
    /// What he may do.
    pub role: Role,
    /// Whether he may log in.
    pub is_active: bool,
    /// When he came into being.
    pub created_at: DateTime<Utc>,
    /// When something of him last changed.
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
            created_at: state.created_at,
            updated_at: state.updated_at,
        }
    }
}
