use chrono::{DateTime, Utc};

use super::Credential;
use crate::{
    application::{audit_trail::Provenance, ports::HashClient, views::UserView},
    domain::{
        secret::SecretDigest,
        session::AuthSessionId,
        user::{Role, UserId},
    },
};

/// An authenticated caller, whom [`Authenticate`] has just read from the database.
///
/// A use case that takes an actor is open to authenticated callers only.
///
/// [`Authenticate`]: crate::application::commands::account::Authenticate
#[derive(Clone, Debug)]
pub struct Actor {
    /// The user.
    pub user: UserView,
    /// How the user was authenticated.
    pub credential: Credential,
    /// Where the request comes from.
    pub provenance: Provenance,
}

impl Actor {
    /// Returns the id of the user.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// Returns the role of the user.
    pub fn role(&self) -> Role {
        self.user.role
    }

    /// Returns the id of the session that the request uses.
    pub fn session_id(&self) -> AuthSessionId {
        let Credential::Session { id, .. } = self.credential;
        id
    }

    /// Returns when this session expires unless it is used again.
    pub fn session_expires_at(&self) -> DateTime<Utc> {
        let Credential::Session { expires_at, .. } = self.credential;
        expires_at
    }

    /// Returns the digest of the secret that opened this session.
    pub fn secret_digest(&self) -> SecretDigest {
        let Credential::Session { digest, .. } = self.credential;
        digest
    }
}

impl From<&Actor> for HashClient {
    fn from(actor: &Actor) -> Self {
        Self::User(actor.id())
    }
}
