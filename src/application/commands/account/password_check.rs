use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::log_in_error::LogInError;
use crate::{
    application::{
        audit::Audit,
        audit_trail::{AuditAction, Provenance, RefusalReason},
        ports::{Credentials, DeviceToken, HashClient, IdentityReader, PasswordHasher, Transaction, UnitOfWork},
        throttle::{Reservation, Throttle, ThrottleSubject},
    },
    domain::user::{PasswordHash, RawPassword, User, Username},
};

/// Verifies the password of a user: the first step of a log-in.
///
/// - Rejects an unknown user, a wrong password, an inactive or invited user and an invalid username with the same error
///   after the same time, because it always verifies one password. No password policy applies.
/// - Rejects an attempt that comes too soon after failed ones, before it verifies a password. An attempt counts against
///   the account and its network. On a known device it counts against the user's known devices instead of the account.
///   It is counted before the password is verified, and taken back if it succeeds. Failures caused by a full hash queue
///   or by storage are not counted.
/// - Rejects a flood of log-ins to one account from one network, even with the right password.
/// - Renews the stored hash if new ones are made with another key or cost, because the password is known only here. The
///   time of this additional hash reveals nothing, because the log-in succeeds anyway.
/// - Verifies the password before the transaction, to keep the transaction short. Then it checks the locked user again,
///   and rejects a user who was inactivated or given another password meanwhile.
pub struct PasswordCheck {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
}

impl PasswordCheck {
    /// Runs `next` with the open transaction and the locked user, if the password is right.
    ///
    /// If `next` fails, the attempt is not counted.
    ///
    /// # Errors
    /// See [`LogInError`].
    pub(super) async fn check<T, F>(
        &self,
        username: &str,
        password: &SecretString,
        device_token: Option<&DeviceToken>,
        provenance: &Provenance,
        next: impl FnOnce(Box<dyn Transaction>, User) -> F + Send,
    ) -> Result<T, LogInError>
    where
        F: Future<Output = Result<T, LogInError>> + Send,
    {
        let client = HashClient::anonymous(provenance);
        self.password_hasher.check_capacity(client)?;
        let credentials = match Username::new(username) {
            Ok(username) => self.identities.find_credentials(&username).await?,
            Err(_) => None,
        };
        let known_device_of = credentials
            .as_ref()
            .filter(|credentials| self.throttle.is_known_device(device_token, credentials))
            .map(|credentials| credentials.user_id);
        let subjects = ThrottleSubject::of_log_in(username, provenance.address, known_device_of);
        let claimed_id = credentials.as_ref().map(|known| known.user_id);
        let password = RawPassword::attempt(password.expose_secret());
        self.throttle
            .attempt(
                &subjects,
                async |reservation| {
                    let (transaction, user) = self
                        .verify_and_lock(client, credentials, &password, reservation)
                        .await?;
                    next(transaction, user).await
                },
                |error| matches!(error, LogInError::InvalidCredentials),
            )
            .await
            .inspect_err(|error| {
                let reason = match error {
                    LogInError::InvalidCredentials => RefusalReason::InvalidCredentials,
                    LogInError::Throttled(_) => RefusalReason::Throttled,
                    LogInError::Hashing(_) | LogInError::Token(_) | LogInError::Storage(_) => return,
                };
                self.audit
                    .refused_anonymous(provenance, AuditAction::LogIn, claimed_id, reason);
            })
    }

    async fn verify_and_lock(
        &self,
        client: HashClient,
        credentials: Option<Credentials>,
        password: &RawPassword,
        reservation: &Reservation,
    ) -> Result<(Box<dyn Transaction>, User), LogInError> {
        let verified = self.verify(client, credentials, password).await?;
        let renewed_hash = self.renewed_hash(client, &verified, password).await;
        let (transaction, mut user) = self.lock_user(client, verified, password).await?;
        if let Some(hash) = renewed_hash.filter(|_| self.is_outdated(user.password_hash())) {
            user.renew_password_hash(hash);
            transaction.users().save(&user).await?;
        }
        self.throttle.succeed(transaction.as_ref(), reservation).await?;
        Ok((transaction, user))
    }

    /// Returns the credentials, if the password is right and the user is active. Always verifies one password.
    async fn verify(
        &self,
        client: HashClient,
        credentials: Option<Credentials>,
        password: &RawPassword,
    ) -> Result<Credentials, LogInError> {
        let stored_hash = credentials
            .as_ref()
            .and_then(|credentials| credentials.password_hash.clone());
        let is_verified = self
            .password_hasher
            .verify(client, password.clone(), stored_hash)
            .await?;
        credentials
            .filter(|credentials| is_verified && credentials.is_active)
            .ok_or(LogInError::InvalidCredentials)
    }

    /// Returns a new hash, if the stored one is outdated. If hashing fails, the next log-in tries again.
    async fn renewed_hash(
        &self,
        client: HashClient,
        verified: &Credentials,
        password: &RawPassword,
    ) -> Option<PasswordHash> {
        if !self.is_outdated(verified.password_hash.as_ref()) {
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

    fn is_outdated(&self, hash: Option<&PasswordHash>) -> bool {
        hash.is_some_and(|hash| self.password_hasher.is_outdated(hash))
    }

    /// Locks the user in a new transaction, if still active and with the verified password.
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
            if user.password_hash() == verified.password_hash.as_ref() {
                return Ok((transaction, user));
            }
            // Another password was set, or another log-in renewed the hash.
            drop(transaction);
            verified.password_hash = user.password_hash().cloned();
            let stored_hash = verified.password_hash.clone();
            let is_verified = self.password_hasher.verify(client, password.clone(), stored_hash);
            if !is_verified.await? {
                return Err(LogInError::InvalidCredentials);
            }
        }
    }
}
