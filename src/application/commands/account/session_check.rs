use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        access::{Actor, Credential, NotAuthenticated},
        audit_trail::Provenance,
        ports::{Identity, IdentityReader, SessionToucher, StorageError},
        views::UserView,
    },
    domain::{
        secret::SecretDigest,
        session::{AuthSession, AuthSessionId, SessionLifetime, Touch},
    },
};

/// Checks the session of a request, whatever kind of token names it.
///
/// - Rejects a session that has ended, and an inactive user.
/// - Runs one query without a lock. Only the database decides whether a session is live.
/// - [Touches](Touch) the session if that is due. If storage is too busy to extend it, the request continues, and a
///   later request extends the session.
pub struct SessionCheck {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) session_toucher: Arc<dyn SessionToucher>,
    pub(crate) session_lifetime: SessionLifetime,
}

/// A live session of an active user.
#[derive(Debug)]
pub(super) struct LiveSession {
    pub(super) user: UserView,
    pub(super) expires_at: DateTime<Utc>,
    /// Whether this request extended the session.
    pub(super) is_extended: bool,
    id: AuthSessionId,
    digest: SecretDigest,
}

/// Why a session is not accepted.
#[derive(Debug, Error)]
pub(super) enum SessionCheckError {
    /// No live session of an active user has the secret.
    #[error(transparent)]
    NotAuthenticated(#[from] NotAuthenticated),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SessionCheck {
    /// Returns the session with this secret if it is live at `now`.
    ///
    /// # Errors
    /// See [`SessionCheckError`].
    pub(super) async fn check(
        &self,
        digest: SecretDigest,
        now: DateTime<Utc>,
    ) -> Result<LiveSession, SessionCheckError> {
        let identity = self.identities.find_identity(&digest).await?;
        let Identity { session, user } = identity
            .filter(|identity| identity.session.lives_at(now))
            .ok_or(NotAuthenticated)?;
        let extended = match session.touch(&self.session_lifetime, now) {
            Some(touch) => self.touch(&session, touch, now).await?,
            None => None,
        };
        Ok(LiveSession {
            user,
            expires_at: extended.unwrap_or(session.expires_at()),
            is_extended: extended.is_some(),
            id: session.id(),
            digest,
        })
    }

    /// Touches the session, and returns its new expiry if it was extended.
    async fn touch(
        &self,
        session: &AuthSession,
        touch: Touch,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, SessionCheckError> {
        match (self.session_toucher.touch(session, touch, now).await, touch) {
            (Ok(true), Touch::Extended(expires_at)) => {
                log::debug!("session {} was renewed until {expires_at}", session.id());
                Ok(Some(expires_at))
            }
            (Ok(true), Touch::Seen) => Ok(None),
            (Ok(false), _) => Err(NotAuthenticated.into()),
            (Err(StorageError::Unavailable(reason)), _) => {
                log::warn!("session {} could not be renewed for now: {reason}", session.id());
                Ok(None)
            }
            (Err(error), _) => Err(error.into()),
        }
    }
}

impl LiveSession {
    /// Returns the user as the actor of a request from `provenance`.
    pub(super) fn into_actor(self, provenance: Provenance) -> Actor {
        Actor {
            user: self.user,
            credential: Credential::Session {
                id: self.id,
                expires_at: self.expires_at,
                digest: self.digest,
            },
            provenance,
        }
    }
}
