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

/// Finds out whether a password is that of a user: the first step of a log-in.
///
/// - Rejects an unknown user, a wrong password, an inactive user, and what could never be a username, all alike and after
///   the same time: one password is always verified. No password policy applies.
/// - Rejects an attempt that comes too soon after others that failed, before a password is verified. An attempt counts at
///   the account and at the network that it comes from. On a known device it counts at the user's known devices instead of
///   at the account. It is counted before the password is verified, and taken back if it succeeds. Failures caused by a
///   full hash queue or by storage are not counted.
/// - Rejects log-ins to one account from one network that come in a flood, even with the right password.
/// - If new hashes are made with another key or at another cost by now, the stored one is renewed, because the password is
///   at hand only here. That takes the time of one more hash, which tells nothing to somebody who is let in anyway.
/// - The password is verified before the transaction, which would otherwise stay open that long. So the locked user is
///   checked again: if inactivated or given another password meanwhile, the user is rejected.
pub struct PasswordCheck {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
}

impl PasswordCheck {
    /// Does `next` with the user, locked in the open transaction, if the password is theirs.
    ///
    /// If `next` fails, the attempt does not count, and nothing has changed.
    ///
    /// # Errors
    /// As [`LogInError`] says, and those of `next`.
    pub(super) async fn check<T>(
        &self,
        username: &str,
        password: &SecretString,
        device_token: Option<&DeviceToken>,
        provenance: &Provenance,
        next: impl AsyncFnOnce(Box<dyn Transaction>, User) -> Result<T, LogInError>,
    ) -> Result<T, LogInError> {
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
        if let Some(hash) = renewed_hash.filter(|_| self.password_hasher.is_outdated(user.password_hash())) {
            user.renew_password_hash(hash);
            transaction.users().save(&user).await?;
        }
        self.throttle.succeed(transaction.as_ref(), reservation).await?;
        Ok((transaction, user))
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

    /// Opens the transaction and locks the user in it, who must still be active and have the verified password.
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
