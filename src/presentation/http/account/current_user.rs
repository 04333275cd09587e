use chrono::{DateTime, Utc};
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    application::{commands::account::LoggedIn, queries::account, views::UserView},
    presentation::http::json::{RoleName, serialize_moment},
};

/// The caller, and the expiry of the session.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct CurrentUser {
    /// The id of the user.
    id: Uuid,
    /// The username, in its original case.
    username: String,
    /// The role of the user.
    role: RoleName,
    /// Whether the user may log in.
    is_active: bool,
    /// Whether no password was ever set: never, for a caller.
    is_invited: bool,
    /// When the user was created.
    #[serde(serialize_with = "serialize_moment")]
    created_at: DateTime<Utc>,
    /// When the user last changed.
    #[serde(serialize_with = "serialize_moment")]
    updated_at: DateTime<Utc>,
    /// When the session expires unless it is used again.
    #[serde(serialize_with = "serialize_moment")]
    session_expires_at: DateTime<Utc>,
}

impl CurrentUser {
    fn new(user: UserView, session_expires_at: DateTime<Utc>) -> Self {
        Self {
            id: user.id.as_uuid(),
            username: user.username,
            role: user.role.into(),
            is_active: user.is_active,
            is_invited: user.is_invited,
            created_at: user.created_at,
            updated_at: user.updated_at,
            session_expires_at,
        }
    }
}

impl From<account::CurrentUser> for CurrentUser {
    fn from(current: account::CurrentUser) -> Self {
        Self::new(current.user, current.session_expires_at)
    }
}

impl From<LoggedIn> for CurrentUser {
    fn from(logged_in: LoggedIn) -> Self {
        Self::new(logged_in.user, logged_in.session_expires_at)
    }
}
