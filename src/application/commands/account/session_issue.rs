use std::{num::NonZero, sync::Arc};

use chrono::{DateTime, Utc};

use super::log_in_error::LogInError;
use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::{AuditAction, Provenance},
        ports::{AccessToken, AccessTokens, Clock, DeviceToken, Random, RandomExt, Transaction},
        throttle::Throttle,
        views::UserView,
    },
    domain::{
        secret::Secret,
        session::{AuthSession, AuthSessionId, ClientDetails, SessionLifetime, UserAgent},
        user::User,
    },
};

/// Begins a session: the last step of a log-in.
///
/// - Enforces the session limit: a new log-in ends the user's oldest session, in the same transaction. Parallel log-ins
///   wait for the locked user, so that the count is exact.
/// - Makes the device known.
pub struct SessionIssue {
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) max_sessions: NonZero<u64>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct LoggedIn {
    /// The user.
    pub user: UserView,
    /// When the session expires unless it is used again.
    pub session_expires_at: DateTime<Utc>,
    /// The token of the session.
    pub access_token: AccessToken,
    /// The token that makes the device known, if attempts are throttled.
    pub device_token: Option<DeviceToken>,
}

impl SessionIssue {
    /// Begins a session of `user`, who is locked in `transaction`, and commits.
    ///
    /// # Errors
    /// [`LogInError::Token`] or [`LogInError::Storage`].
    pub(super) async fn issue(
        &self,
        transaction: Box<dyn Transaction>,
        user: User,
        user_agent: Option<UserAgent>,
        provenance: &Provenance,
    ) -> Result<LoggedIn, LogInError> {
        let now = self.clock.now();
        let secret = Secret::new(self.random.bytes());
        let address = provenance.address;
        let session = AuthSession::begin(
            AuthSessionId::new(now, self.random.bytes()),
            user.id(),
            ClientDetails { address, user_agent },
            &secret,
            &self.session_lifetime,
            now,
        );
        let access_token = self.access_tokens.issue(&secret, now, session.expires_at())?;
        let device_token = self.throttle.remember_device(&user, now)?;
        let others = self.max_sessions.get() - 1;
        let ended = transaction.sessions().delete_oldest_of(user.id(), others, now).await?;
        transaction.sessions().insert(&session).await?;
        let actor = ConfirmedActor::new(&user, Some(session.id()), provenance);
        self.audit
            .record(transaction.as_ref(), &actor, AuditAction::LogIn, user.id(), now)
            .await?;
        transaction.commit().await?;

        log::info!("user {} logged in, session {}", user.id(), session.id());
        if ended > 0 {
            log::info!("user {} had too many sessions, the oldest ended: {ended}", user.id());
        }
        Ok(LoggedIn {
            user: UserView::from(&user),
            session_expires_at: session.expires_at(),
            access_token,
            device_token,
        })
    }
}
