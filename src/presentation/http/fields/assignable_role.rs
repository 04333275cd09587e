use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};

use crate::domain::user::Role;

/// A role that the API can assign. Super admins are created on the command line.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum AssignableRole {
    /// Manages only their own account.
    #[default]
    User,
    /// Manages users.
    Admin,
}

impl From<AssignableRole> for Role {
    fn from(role: AssignableRole) -> Self {
        match role {
            AssignableRole::User => Self::User,
            AssignableRole::Admin => Self::Admin,
        }
    }
}
