use chrono::{DateTime, Utc};

use crate::{
    application::{audit_trail::Provenance, ports::HashClient, views::UserView},
    domain::{
        session::AuthSessionId,
        user::{Role, UserId},
    },
};

/// Who makes a request, as [`Authenticate`](super::commands::account::Authenticate) found them in the database just now.
/// A use case that takes one is open to authenticated callers only.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user.
    pub user: UserView,
    /// The session in which the request is made.
    pub session_id: AuthSessionId,
    /// When that session will die unless it is used again.
    pub session_expires_at: DateTime<Utc>,
    /// Where the request comes from.
    pub provenance: Provenance,
}

impl Actor {
    /// The id of the user.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// The role of the user.
    pub fn role(&self) -> Role {
        self.user.role
    }
}

impl From<&Actor> for HashClient {
    fn from(actor: &Actor) -> Self {
        Self::User(actor.id())
    }
}
