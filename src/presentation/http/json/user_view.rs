use chrono::{DateTime, Utc};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::moment::serialize_moment;
use crate::{application::views, domain::user::Role};

/// A user.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct UserView {
    /// The id of the user.
    id: Uuid,
    /// The username, in its original case.
    username: String,
    /// The role of the user.
    role: RoleName,
    /// Whether the user may log in.
    is_active: bool,
    /// Whether no password was ever set.
    is_invited: bool,
    /// When the user was created.
    #[serde(serialize_with = "serialize_moment")]
    created_at: DateTime<Utc>,
    /// When the user last changed.
    #[serde(serialize_with = "serialize_moment")]
    updated_at: DateTime<Utc>,
}

/// A role by its name.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Manages only their own account.
    User,
    /// Manages users.
    Admin,
    /// Manages admins and users.
    SuperAdmin,
}

impl From<views::UserView> for UserView {
    fn from(user: views::UserView) -> Self {
        Self {
            id: user.id.as_uuid(),
            username: user.username,
            role: user.role.into(),
            is_active: user.is_active,
            is_invited: user.is_invited,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Admin => Self::Admin,
            Role::SuperAdmin => Self::SuperAdmin,
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::User => Self::User,
            RoleName::Admin => Self::Admin,
            RoleName::SuperAdmin => Self::SuperAdmin,
        }
    }
}
