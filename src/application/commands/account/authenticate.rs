use std::sync::Arc;

use thiserror::Error;

use super::{SessionCheck, session_check::SessionCheckError};
use crate::application::{
    access::{Actor, NotAuthenticated},
    audit_trail::Provenance,
    ports::{AccessToken, AccessTokens, Clock, IssueError, StorageError},
};

/// Authenticates the caller of a request.
///
/// - Open to every caller with a token.
/// - Rejects a token that is forged or has expired, without a query.
/// - [Checks](SessionCheck) the session, which records its use.
/// - Issues a new token if the session was extended. It also does so if the token is near its end and the session is
///   not, because the client missed an earlier response.
pub struct Authenticate {
    pub(crate) session_check: Arc<SessionCheck>,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
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
        let session = self.session_check.check(token.secret.digest(), now).await?;

        let is_token_behind = token.expires_at.timestamp() < session.expires_at.timestamp()
            && self.session_check.session_lifetime.is_near_end(token.expires_at, now);
        let renewed_token = if session.is_extended || is_token_behind {
            Some(self.access_tokens.issue(&token.secret, now, session.expires_at)?)
        } else {
            None
        };
        Ok(Authenticated {
            actor: session.into_actor(provenance),
            renewed_token,
        })
    }
}

impl From<SessionCheckError> for AuthenticateError {
    fn from(error: SessionCheckError) -> Self {
        match error {
            SessionCheckError::NotAuthenticated(error) => error.into(),
            SessionCheckError::Storage(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
