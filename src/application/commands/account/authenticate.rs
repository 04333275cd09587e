use std::{error::Error, sync::Arc};

use thiserror::Error;

use crate::{
    application::{
        access::{Actor, Credential},
        ports::{
            AccessToken, AccessTokens, Clock, IdentityReader, IssueError, LastSeenRecorder, StorageError, UnitOfWork,
        },
    },
    domain::{
        audit::Provenance,
        session::{AuthSession, AuthSessionId, SessionLifetime},
    },
};

/// Finds out who makes a request: the identity provider of every way in.
///
/// - Open to everyone who brings a token.
/// - Costs one query, without a lock, and none for a token that we did not make; the database is the only judge of whether a
///   session lives.
/// - Renews a session that is used near its end, by one update of what still lives: one that died meanwhile is not revived.
///   One near its absolute end is left to die.
///   While the update has to wait too long, the request goes on with the session as it is; a later one will renew it.
/// - Issues a new token with a renewal, and also when the token is near its end but its session is not: then an earlier
///   renewal's answer never reached the client.
/// - Has it recorded that the session was seen, unless it was seen lately, and waits for nothing.
/// - Ends for good a session that it finds dead, also by a token that has expired with it: it would live again as soon as the
///   clock is set back.
/// - Refuses a token that we did not make or that has expired, a session that is gone or does not live, and an inactive user.
pub struct Authenticate {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) last_seen: Arc<dyn LastSeenRecorder>,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Who makes the request.
#[derive(Debug)]
pub struct Authenticated {
    /// The user and the session.
    pub actor: Actor,
    /// If the session was renewed: the token that now opens it as long as it lives.
    pub renewed_token: Option<AccessToken>,
}

/// Why it is not known who makes the request.
#[derive(Debug, Error)]
pub enum AuthenticateError {
    /// There is no token, or it opens no living session of an active user.
    #[error("You are not logged in, or your session has ended. Log in first.")]
    NotAuthenticated,
    /// The token of a renewed session could not be signed.
    #[error(transparent)]
    Token(#[from] IssueError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Authenticate {
    /// Executes the command, for a request that comes from there.
    ///
    /// # Errors
    /// As [`AuthenticateError`] says.
    pub async fn execute(
        &self,
        token: Option<&AccessToken>,
        provenance: Provenance,
    ) -> Result<Authenticated, AuthenticateError> {
        let now = self.clock.now();
        let token = token
            .and_then(|token| self.access_tokens.verify(token))
            .ok_or(AuthenticateError::NotAuthenticated)?;
        let mut identity = self
            .identities
            .find_identity(&token.secret.digest())
            .await?
            .ok_or(AuthenticateError::NotAuthenticated)?;
        if !identity.session.lives_at(now) {
            self.end_dead(identity.session.id()).await;
            return Err(AuthenticateError::NotAuthenticated);
        }
        // A session that lives on is opened by a later token.
        if token.expires_at <= now {
            return Err(AuthenticateError::NotAuthenticated);
        }

        let is_renewed = identity.session.is_due_for_renewal(&self.session_lifetime, now)
            && self.renew(&mut identity.session).await?;
        if identity.session.is_due_to_be_seen(now) {
            self.last_seen.record(identity.session.id(), now);
        }
        let expires_at = identity.session.expires_at();
        let is_token_behind = token.expires_at.timestamp() < expires_at.timestamp()
            && self.session_lifetime.is_near_end(token.expires_at, now);
        let renewed_token = if is_renewed || is_token_behind {
            Some(self.access_tokens.issue(&token.secret, now, expires_at)?)
        } else {
            None
        };
        Ok(Authenticated {
            actor: Actor {
                user: identity.user,
                credential: Credential::Session {
                    id: identity.session.id(),
                    expires_at,
                },
                provenance,
            },
            renewed_token,
        })
    }

    /// Returns whether the session was renewed. That it cannot be for now is no reason to refuse it.
    async fn renew(&self, session: &mut AuthSession) -> Result<bool, AuthenticateError> {
        match self.extend(session).await {
            Ok(Some(extended)) => {
                log::debug!("session {} was renewed until {}", extended.id(), extended.expires_at());
                *session = extended;
                Ok(true)
            }
            Ok(None) => {
                // It was ended meanwhile, or has died since it was read.
                self.end_dead(session.id()).await;
                Err(AuthenticateError::NotAuthenticated)
            }
            Err(StorageError::Unavailable(reason)) => {
                log::warn!("session {} could not be renewed for now: {reason}", session.id());
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a session for good, unless it was renewed meanwhile. Its token is refused, whether that succeeds or not.
    async fn end_dead(&self, id: AuthSessionId) {
        match self.delete_dead(id).await {
            Ok(true) => log::debug!("session {id} was used when it was dead, and is ended for good"),
            Ok(false) => {}
            Err(error) => {
                let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
                log::warn!("session {id} is dead, but could not be ended for good for now: {reason}");
            }
        }
    }

    async fn delete_dead(&self, id: AuthSessionId) -> Result<bool, StorageError> {
        let transaction = self.unit_of_work.begin().await?;
        let is_ended = transaction.sessions().delete_dead(id, self.clock.now()).await?;
        transaction.commit().await?;
        Ok(is_ended)
    }

    /// The session with its lifetime restarted, if it still lives.
    async fn extend(&self, session: &AuthSession) -> Result<Option<AuthSession>, StorageError> {
        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let mut extended = session.clone();
        extended.renew(&self.session_lifetime, now);
        if !transaction.sessions().extend(&extended, now).await? {
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(extended))
    }
}

#[cfg(test)]
mod tests;
