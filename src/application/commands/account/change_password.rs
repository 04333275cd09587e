use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        access::{Actor, ActorError, NotAuthenticated, NotAuthorized, Permission},
        audit_trail::{AuditAction, RefusalReason},
        commands::{Changes, NewPasswordError, NewPasswords},
        ports::{
            AccessToken, AccessTokens, Credentials, HashingError, IdentityReader, IssueError, PasswordHasher, Random,
            RandomExt, StorageError,
        },
        throttle::{Reservation, Throttle, ThrottleSubject, Throttled},
    },
    domain::{
        secret::Secret,
        session::SessionLifetime,
        user::{InvalidUsername, PasswordHash, RawPassword, Role, UserId, Username},
    },
};

/// The action in the audit trail.
const ACTION: AuditAction = AuditAction::ChangePassword;

/// Changes the password of a user.
///
/// - Open to every authenticated caller for their own account, to admins for users, to super admins for users and
///   admins.
/// - The caller's own account needs the current password. Every other session ends, and this one gets a new token.
/// - Another account needs no current password. All sessions of that user end. It is closed unless admins set
///   passwords, which is checked after the role, and before anything that reveals whether the user exists.
/// - Clears the user's failed log-ins, makes the user's known devices unknown, and withdraws the user's one-time link.
/// - Rejects a new password that is not [accepted](NewPasswords).
/// - Hashes passwords before the transaction. In the transaction it confirms the actor, locks the user, and checks that
///   the verified password is still the stored one.
/// - Counts wrong current passwords in the session. The last one that the rule allows ends the session, so that a
///   stolen session gives few guesses and cannot keep the user from changing the password. Failures caused by a full
///   hash queue or by storage are not counted.
/// - Rejects a plain user who names another account, without revealing whether it exists.
pub struct ChangePassword {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) new_passwords: Arc<NewPasswords>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) admins_set_passwords: bool,
}

/// The change to make.
#[derive(Debug)]
pub struct ChangePasswordRequest {
    /// The user.
    pub username: String,
    /// The new password.
    pub password: SecretString,
    /// The current password, required for the caller's own account.
    pub current_password: Option<SecretString>,
}

/// Why the password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The actor may not do this, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// Admins set no passwords.
    #[error("Nobody sets the password of somebody else here.")]
    PasswordSettingClosed,
    /// The actor may no longer make changes.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// The new password was not accepted.
    #[error(transparent)]
    NewPassword(#[from] NewPasswordError),
    /// No user has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The current password is missing or not the user's.
    #[error("To change your own password, give your current one.")]
    WrongCurrentPassword,
    /// Too many current passwords were wrong in this session.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A password could not be hashed or verified.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The new token could not be signed.
    #[error(transparent)]
    Token(#[from] IssueError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ChangePassword {
    /// Executes the command. If the password was the actor's own, returns the new token of the session.
    ///
    /// # Errors
    /// See [`ChangePasswordError`].
    pub async fn execute(
        &self,
        actor: &Actor,
        request: ChangePasswordRequest,
    ) -> Result<Option<AccessToken>, ChangePasswordError> {
        let username = Username::new(request.username);
        let target = match &username {
            Ok(username) => self.identities.find_credentials(username).await?,
            Err(_) => None,
        };
        let own = target.as_ref().filter(|target| target.user_id == actor.id());
        if own.is_none() {
            // Reject a plain user before the response can reveal whether the target exists.
            let target = target.as_ref().map(|target| target.user_id);
            let role = Role::User;
            self.changes
                .authorize(actor, ACTION, Permission::Manage { role, target })?;
            if !self.admins_set_passwords {
                let reason = RefusalReason::PasswordSettingClosed;
                self.changes.audit.refused(actor, ACTION, target, reason);
                return Err(ChangePasswordError::PasswordSettingClosed);
            }
        }
        let text = request.password.expose_secret();
        let password = self.new_passwords.check(text, &username?).await?;

        if let Some(own) = own {
            let outcome = self.attempt_own(actor, own, request.current_password, password).await;
            outcome.inspect_err(|error| self.note(error, actor)).map(Some)
        } else {
            let target = target.ok_or(ChangePasswordError::UserNotFound)?;
            self.change_other(actor, target.user_id, password).await?;
            Ok(None)
        }
    }

    async fn attempt_own(
        &self,
        actor: &Actor,
        credentials: &Credentials,
        current: Option<SecretString>,
        password: RawPassword,
    ) -> Result<AccessToken, ChangePasswordError> {
        let current = current.ok_or(ChangePasswordError::WrongCurrentPassword)?;
        let current = RawPassword::attempt(current.expose_secret());
        self.password_hasher.check_capacity(actor.into())?;
        self.throttle
            .attempt(
                &[ThrottleSubject::CurrentPassword(actor.session_id())],
                async |reservation| {
                    let outcome = self
                        .change_own(actor, credentials, current, password, reservation)
                        .await;
                    if matches!(outcome, Err(ChangePasswordError::WrongCurrentPassword))
                        && self.identities.find_identity(&actor.secret_digest()).await?.is_none()
                    {
                        // A parallel change has replaced the password and the secret of the session: no guess.
                        return Err(ActorError::from(NotAuthenticated).into());
                    }
                    if reservation.is_last()
                        && matches!(outcome, Err(ChangePasswordError::WrongCurrentPassword))
                        && let Err(error) = self.end_guessing_session(actor).await
                    {
                        // The wrong passwords stay counted, so the session allows no further guess.
                        log::error!("session {} with wrong passwords goes on: {error}", actor.session_id());
                    }
                    outcome
                },
                |error| matches!(error, ChangePasswordError::WrongCurrentPassword),
            )
            .await
    }

    async fn change_own(
        &self,
        actor: &Actor,
        credentials: &Credentials,
        current: RawPassword,
        password: RawPassword,
        reservation: &Reservation,
    ) -> Result<AccessToken, ChangePasswordError> {
        let mut verified_hash = credentials.password_hash.clone();
        self.verify_current(actor, &current, verified_hash.as_ref()).await?;
        let password_hash = self.password_hasher.hash(actor.into(), password).await?;

        let mut change = loop {
            let change = self.changes.begin(actor, ACTION).await?;
            if change.user.password_hash() == verified_hash.as_ref() {
                break change;
            }
            // Another password was set, or a log-in renewed the hash of the current one.
            verified_hash = change.user.password_hash().cloned();
            drop(change);
            self.verify_current(actor, &current, verified_hash.as_ref()).await?;
        };

        let secret = Secret::new(self.random.bytes());
        change.user.change_password(password_hash, change.now);
        change
            .session
            .replace_secret(&secret, &self.session_lifetime, change.now);
        let (id, session_id, expires_at) = (change.user.id(), change.session.id(), change.session.expires_at());
        let access_token = self.access_tokens.issue(&secret, change.now, expires_at)?;

        let transaction = change.transaction.as_ref();
        transaction.users().save(&change.user).await?;
        transaction.sessions().delete_all_of(id, Some(session_id)).await?;
        transaction.links().delete_of(id).await?;
        transaction.sessions().save(&change.session).await?;
        self.throttle.succeed(transaction, reservation).await?;
        self.throttle
            .forget(transaction, &change.user, actor.provenance.address)
            .await?;
        change.commit(id).await?;
        log::info!("user {id} changed their password, session {session_id} goes on");
        Ok(access_token)
    }

    /// Ends the session in which too many current passwords were wrong.
    async fn end_guessing_session(&self, actor: &Actor) -> Result<(), StorageError> {
        if self.changes.end_session(actor, AuditAction::EndSession).await? {
            let (user, session) = (actor.id(), actor.session_id());
            log::warn!("too many current passwords of user {user} were wrong, session {session} has ended");
        }
        Ok(())
    }

    async fn verify_current(
        &self,
        actor: &Actor,
        current: &RawPassword,
        hash: Option<&PasswordHash>,
    ) -> Result<(), ChangePasswordError> {
        let is_verified = self
            .password_hasher
            .verify(actor.into(), current.clone(), hash.cloned())
            .await?;
        is_verified
            .then_some(())
            .ok_or(ChangePasswordError::WrongCurrentPassword)
    }

    async fn change_other(
        &self,
        actor: &Actor,
        target: UserId,
        password: RawPassword,
    ) -> Result<(), ChangePasswordError> {
        let password_hash = self.password_hasher.hash(actor.into(), password).await?;

        let change = self.changes.begin(actor, ACTION).await?;
        change.authorize(Permission::manage(Role::User))?;
        let transaction = change.transaction.as_ref();
        let user = transaction.users().find_by_id_for_update(target).await?;
        let mut user = user.ok_or(ChangePasswordError::UserNotFound)?;
        change.authorize(Permission::manage_user(&user))?;

        user.change_password(password_hash, change.now);
        transaction.users().save(&user).await?;
        transaction.sessions().delete_all_of(user.id(), None).await?;
        transaction.links().delete_of(user.id()).await?;
        self.throttle.forget(transaction, &user, None).await?;
        change.commit(user.id()).await?;
        log::info!("user {} changed the password of user {}", actor.id(), user.id());
        Ok(())
    }

    /// Notes a wrong current password or a throttled attempt.
    fn note(&self, error: &ChangePasswordError, actor: &Actor) {
        let reason = match error {
            ChangePasswordError::WrongCurrentPassword => RefusalReason::WrongCurrentPassword,
            ChangePasswordError::Throttled(_) => RefusalReason::Throttled,
            _ => return,
        };
        self.changes.audit.refused(actor, ACTION, Some(actor.id()), reason);
    }
}

#[cfg(test)]
mod tests;
