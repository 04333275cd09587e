use std::{num::NonZero, sync::Arc};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        audit::{Audit, Initiator},
        audit_trail::{AuditAction, Provenance, RefusalReason},
        ports::{
            AccessToken, AccessTokens, Clock, Credentials, DeviceToken, HashClient, HashingError, IdentityReader,
            IssueError, PasswordHasher, Random, RandomExt, StorageError, Transaction, UnitOfWork,
        },
        throttle::{Reservation, Throttle, ThrottleSubject, Throttled},
        views::UserView,
    },
    domain::{
        secret::Secret,
        session::{AuthSession, AuthSessionId, ClientDetails, SessionLifetime, UserAgent},
        user::{PasswordHash, RawPassword, User, Username},
    },
};

/// Begins a session for a user who knows the password.
///
/// - Open to everyone.
/// - If new hashes are made with another key or at another cost by now, the stored one is renewed, for only here is the
///   password at hand. That takes the time of one more hash, which tells nothing to somebody who is let in anyway.
/// - A user has so many sessions and no more: for another one the oldest leaves, in the same transaction. Of log-ins at the
///   same time, each waits for the locked user, so that none is miscounted.
/// - Refuses an unknown user, a wrong password, an inactive user, and what could never be a username, all alike and after
///   the same time: one password is always verified. No password policy applies.
/// - Rejects an attempt that comes too soon after others that failed, before a password is verified. An attempt counts at
///   the account and at the network that it comes from. On a known device it counts at the user's known devices instead of
///   at the account. It is counted before the password is verified, and taken back if it succeeds. Failures caused by a
///   full hash queue or by storage are not counted.
/// - Rejects log-ins to one account from one network that come in a flood, even with the right password.
/// - The password is verified before the transaction, which would otherwise stay open that long. So the locked user is
///   looked at again: inactivated or given another password meanwhile, the log-in is refused, and no session outlives either.
pub struct LogIn {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) max_sessions: NonZero<u64>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// The credentials of a user, and who brings them.
#[derive(Debug)]
pub struct LogInRequest {
    /// The username.
    pub username: String,
    /// The password.
    pub password: SecretString,
    /// By which the device is known, if the user has logged in on it before.
    pub device_token: Option<DeviceToken>,
    /// What the client calls itself.
    pub user_agent: Option<UserAgent>,
    /// Where the request comes from.
    pub provenance: Provenance,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct LoggedIn {
    /// Its user.
    pub user: UserView,
    /// When it expires unless it is used again.
    pub session_expires_at: DateTime<Utc>,
    /// What opens it.
    pub access_token: AccessToken,
    /// By which the device is known from now on, while attempts are throttled.
    pub device_token: Option<DeviceToken>,
}

/// Why no session began.
#[derive(Debug, Error)]
pub enum LogInError {
    /// Something does not fit; what, is not told.
    #[error("The username or the password is wrong, or the account is inactive.")]
    InvalidCredentials,
    /// Too much failed before.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The password could not be verified.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The token could not be signed.
    #[error(transparent)]
    Token(#[from] IssueError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl LogIn {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`LogInError`] says; then no session has begun.
    pub async fn execute(&self, request: LogInRequest) -> Result<LoggedIn, LogInError> {
        let client = HashClient::anonymous(&request.provenance);
        self.password_hasher.check_capacity(client)?;
        let credentials = match Username::new(request.username.as_str()) {
            Ok(username) => self.identities.find_credentials(&username).await?,
            Err(_) => None,
        };
        let known_device_of = credentials
            .as_ref()
            .filter(|credentials| {
                self.throttle
                    .is_known_device(request.device_token.as_ref(), credentials)
            })
            .map(|credentials| credentials.user_id);
        let subjects = ThrottleSubject::of_log_in(&request.username, request.provenance.address, known_device_of);
        let provenance = request.provenance.clone();
        let claimed_id = credentials.as_ref().map(|known| known.user_id);
        self.throttle
            .attempt(
                &subjects,
                async |reservation| self.attempt(request, credentials, reservation).await,
                |error| matches!(error, LogInError::InvalidCredentials),
            )
            .await
            .inspect_err(|error| {
                if let Some(reason) = error.refusal() {
                    let stranger = Initiator::anonymous(&provenance);
                    self.audit.refused(stranger, AuditAction::LogIn, claimed_id, reason);
                }
            })
    }

    async fn attempt(
        &self,
        request: LogInRequest,
        credentials: Option<Credentials>,
        reservation: &Reservation,
    ) -> Result<LoggedIn, LogInError> {
        let client = HashClient::anonymous(&request.provenance);
        let password = RawPassword::attempt(request.password.expose_secret());
        let verified = self.verify(client, credentials, &password).await?;
        let renewed_hash = self.renewed_hash(client, &verified, &password).await;

        let (transaction, mut user) = self.lock_user(client, verified, &password).await?;
        if let Some(hash) = renewed_hash.filter(|_| self.password_hasher.is_outdated(user.password_hash())) {
            user.renew_password_hash(hash);
            transaction.users().save(&user).await?;
        }

        let now = self.clock.now();
        let secret = Secret::new(self.random.bytes());
        let session = AuthSession::begin(
            AuthSessionId::new(now, self.random.bytes()),
            user.id(),
            ClientDetails {
                address: request.provenance.address,
                user_agent: request.user_agent,
            },
            &secret,
            &self.session_lifetime,
            now,
        );
        let access_token = self.access_tokens.issue(&secret, now, session.expires_at())?;
        let device_token = self.throttle.remember_device(&user, now)?;
        let others = self.max_sessions.get() - 1;
        let ended = transaction.sessions().delete_oldest_of(user.id(), others, now).await?;
        transaction.sessions().insert(&session).await?;
        self.throttle.succeed(transaction.as_ref(), reservation).await?;
        let initiator = Initiator::user(user.id(), Some(session.id()), &request.provenance);
        self.audit
            .record(transaction.as_ref(), initiator, AuditAction::LogIn, user.id(), now)
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

    /// The credentials, if the password is theirs and the user is active. One password is verified in any case.
    async fn verify(
        &self,
        client: HashClient,
        credentials: Option<Credentials>,
        password: &RawPassword,
    ) -> Result<Credentials, LogInError> {
        let stored_hash = credentials
            .as_ref()
            .map(|credentials| credentials.password_hash.clone());
        let is_verified = self
            .password_hasher
            .verify(client, password.clone(), stored_hash)
            .await?;
        credentials
            .filter(|credentials| is_verified && credentials.is_active)
            .ok_or(LogInError::InvalidCredentials)
    }

    /// The hash to store from now on, if the stored one is outdated. A hasher that makes none leaves it for the next time.
    async fn renewed_hash(
        &self,
        client: HashClient,
        verified: &Credentials,
        password: &RawPassword,
    ) -> Option<PasswordHash> {
        if !self.password_hasher.is_outdated(&verified.password_hash) {
            return None;
        }
        let hash = self.password_hasher.hash(client, password.clone()).await;
        hash.inspect_err(|error| {
            log::warn!(
                "the password hash of user {} was not renewed: {error}",
                verified.user_id
            );
        })
        .ok()
    }

    /// The transaction in which the session begins, and in it the user, locked, active, and of the verified password.
    async fn lock_user(
        &self,
        client: HashClient,
        mut verified: Credentials,
        password: &RawPassword,
    ) -> Result<(Box<dyn Transaction>, User), LogInError> {
        loop {
            let transaction = self.unit_of_work.begin().await?;
            let user = transaction.users().find_by_id_for_update(verified.user_id).await?;
            let user = user.filter(User::is_active).ok_or(LogInError::InvalidCredentials)?;
            if *user.password_hash() == verified.password_hash {
                return Ok((transaction, user));
            }
            // Another password was set, or another log-in renewed the hash of this one.
            drop(transaction);
            verified.password_hash = user.password_hash().clone();
            let stored_hash = Some(verified.password_hash.clone());
            let is_verified = self.password_hasher.verify(client, password.clone(), stored_hash);
            if !is_verified.await? {
                return Err(LogInError::InvalidCredentials);
            }
        }
    }
}

impl LogInError {
    fn refusal(&self) -> Option<RefusalReason> {
        match self {
            Self::InvalidCredentials => Some(RefusalReason::InvalidCredentials),
            Self::Throttled(_) => Some(RefusalReason::Throttled),
            Self::Hashing(_) | Self::Token(_) | Self::Storage(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
