//! The caller himself, as the API shows him to himself.

use chrono::{DateTime, Utc};
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    application::{commands::account::LoggedIn, queries::account, queries::users},
    presentation::http::users::user_view::RoleName,
};

/// The caller, and how long he stays logged in.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct CurrentUser {
    /// Who he is.
    id: Uuid,
    /// His name as he typed it.
    username: String,
    /// What he may do.
    role: RoleName,
    /// Whether he may log in.
    is_active: bool,
    /// When he came into being.
    created_at: DateTime<Utc>,
    /// When something of him last changed.
    updated_at: DateTime<Utc>,
    /// When his session will die unless it is used again.
    session_expires_at: DateTime<Utc>,
}

impl CurrentUser {
    fn new(user: users::UserView, session_expires_at: DateTime<Utc>) -> Self {
        Self {
            id: user.id.as_uuid(),
            username: user.username,
            role: user.role.into(),
            is_active: user.is_active,
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
