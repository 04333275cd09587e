use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        access::{Actor, Credential, NotAuthenticated},
        audit_trail::Provenance,
        ports::{AccessToken, AccessTokens, Clock, Identity, IdentityReader, IssueError, SessionToucher, StorageError},
    },
    domain::session::{AuthSession, SessionLifetime, Touch},
};

/// Authenticates the caller of a request.
///
/// - Open to every caller with a token.
/// - Rejects a token that is forged or has expired, a session that has ended, and an inactive user.
/// - Runs one query without a lock, and none for an invalid token. Only the database decides whether a session is live.
/// - [Touches](Touch) the session if that is due. If storage is too busy to extend it, the request continues, and a
///   later request extends the session.
/// - Issues a new token if it extends the session. It also does so if the token is near its end and the session is not,
///   because the client missed an earlier response.
pub struct Authenticate {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) session_toucher: Arc<dyn SessionToucher>,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The caller of a request.
#[derive(Debug)]
pub struct Authenticated {
    /// The user and the session.
    pub actor: Actor,
    /// The token to use from now on, if the session was extended.
    pub renewed_token: Option<AccessToken>,
}

/// Why a request was not authenticated.
#[derive(Debug, Error)]
pub enum AuthenticateError {
    /// There is no token, or it belongs to no live session of an active user.
    #[error(transparent)]
    NotAuthenticated(#[from] NotAuthenticated),
    /// The new token could not be signed.
    #[error(transparent)]
    Token(#[from] IssueError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Authenticate {
    /// Executes the command for a request from `provenance`.
    ///
    /// # Errors
    /// See [`AuthenticateError`].
    pub async fn execute(
        &self,
        token: Option<&AccessToken>,
        provenance: Provenance,
    ) -> Result<Authenticated, AuthenticateError> {
        let now = self.clock.now();
        let token = token
            .and_then(|token| self.access_tokens.verify(token))
            .filter(|token| now < token.expires_at)
            .ok_or(NotAuthenticated)?;
        let identity = self.identities.find_identity(&token.secret.digest()).await?;
        let Identity { session, user } = identity
            .filter(|identity| identity.session.lives_at(now))
            .ok_or(NotAuthenticated)?;

        let extended = match session.touch(&self.session_lifetime, now) {
            Some(touch) => self.touch(&session, touch, now).await?,
            None => None,
        };
        let expires_at = extended.unwrap_or(session.expires_at());
        let is_token_behind = token.expires_at.timestamp() < expires_at.timestamp()
            && self.session_lifetime.is_near_end(token.expires_at, now);
        let renewed_token = if extended.is_some() || is_token_behind {
            Some(self.access_tokens.issue(&token.secret, now, expires_at)?)
        } else {
            None
        };
        Ok(Authenticated {
            actor: Actor {
                user,
                credential: Credential::Session {
                    id: session.id(),
                    expires_at,
                    digest: token.secret.digest(),
                },
                provenance,
            },
            renewed_token,
        })
    }

    /// Touches the session, and returns its new expiry if it was extended.
    async fn touch(
        &self,
        session: &AuthSession,
        touch: Touch,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, AuthenticateError> {
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

#[cfg(test)]
mod tests;
