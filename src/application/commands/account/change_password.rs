use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        Actor,
        authorization::{NotAuthorized, Permission, authorize},
        commands::{
            ConfirmActorError,
            confirm_actor::{confirm_actor, lock_actor},
        },
        ports::{
            AccessToken, AccessTokens, Clock, Credentials, HashingError, IdentityReader, IssueError, PasswordHasher,
            Random, RandomExt, StorageError, UnitOfWork,
        },
    },
    domain::{
        session::{SessionLifetime, SessionSecret},
        user::{InvalidPassword, InvalidUsername, PasswordHash, PasswordPolicy, RawPassword, Role, UserId, Username},
    },
};

/// Gives a user another password.
///
/// - Open to every authenticated caller for their own account, told by its id; to admins for users, to super admins for users
///   and admins.
/// - One's own needs the current password, ends every other session, and gives this one a new token.
/// - A subordinate's needs no current password and ends all sessions of that user.
/// - Refuses a plain user who names anyone else before it is told whether there is such a user.
/// - Passwords are hashed before the transaction. In it the actor is confirmed, and on the locked user it is looked again
///   whether the verified password is still the stored one.
pub struct ChangePassword {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) password_policy: PasswordPolicy,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// The change to make.
#[derive(Debug)]
pub struct ChangePasswordRequest {
    /// The user.
    pub username: String,
    /// The new password.
    pub password: SecretString,
    /// The current password; needed for one's own account only.
    pub current_password: Option<SecretString>,
}

/// Why the password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The actor may not change this user's password.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor may not do so any more.
    #[error(transparent)]
    Actor(#[from] ConfirmActorError),
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// The new password breaks a rule.
    #[error(transparent)]
    InvalidPassword(#[from] InvalidPassword),
    /// Nobody has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The current password is missing or not the user's.
    #[error("To change your own password, give your current one as `current_password`.")]
    WrongCurrentPassword,
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
    /// Executes the command. If it was the actor's own password, returns the token that opens the session from now on.
    ///
    /// # Errors
    /// As [`ChangePasswordError`] says; then nothing has changed.
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
            // Whoever manages nobody stops here, before it shows whether there is such a user.
            authorize(actor, Permission::ManageRole(Role::User))?;
        }
        let password = RawPassword::new(request.password.expose_secret(), &username?, &self.password_policy)?;

        if let Some(own) = own {
            let current = request
                .current_password
                .ok_or(ChangePasswordError::WrongCurrentPassword)?;
            let current = RawPassword::attempt(current.expose_secret());
            self.change_own(actor, own, current, password).await.map(Some)
        } else {
            let target = target.ok_or(ChangePasswordError::UserNotFound)?;
            self.change_subordinates(actor, target.user_id, password).await?;
            Ok(None)
        }
    }

    async fn change_own(
        &self,
        actor: &Actor,
        credentials: &Credentials,
        current: RawPassword,
        password: RawPassword,
    ) -> Result<AccessToken, ChangePasswordError> {
        let mut verified_hash = credentials.password_hash.clone();
        self.verify_current(&current, &verified_hash).await?;
        let password_hash = self.password_hasher.hash(password).await?;

        let (transaction, now, mut user, mut session) = loop {
            let transaction = self.unit_of_work.begin().await?;
            let now = self.clock.now();
            let locked = lock_actor(transaction.as_ref(), actor, now).await;
            let (user, session) = locked.map_err(ConfirmActorError::from)?;
            if *user.password_hash() == verified_hash {
                break (transaction, now, user, session);
            }
            // Another password was set, or a log-in renewed the hash of the current one.
            drop(transaction);
            verified_hash = user.password_hash().clone();
            self.verify_current(&current, &verified_hash).await?;
        };

        let secret = SessionSecret::new(self.random.bytes());
        user.change_password(password_hash, now);
        session.replace_secret(&secret, &self.session_lifetime, now);
        let access_token = self.access_tokens.issue(&secret, now, session.expires_at())?;

        transaction.users().save(&user).await?;
        transaction
            .sessions()
            .delete_all_of(user.id(), Some(session.id()))
            .await?;
        transaction.sessions().save(&session).await?;
        transaction.commit().await?;
        log::info!(
            "user {} changed their password, session {} goes on",
            user.id(),
            session.id()
        );
        Ok(access_token)
    }

    async fn verify_current(&self, current: &RawPassword, hash: &PasswordHash) -> Result<(), ChangePasswordError> {
        let is_verified = self.password_hasher.verify(current.clone(), Some(hash.clone())).await?;
        is_verified
            .then_some(())
            .ok_or(ChangePasswordError::WrongCurrentPassword)
    }

    async fn change_subordinates(
        &self,
        actor: &Actor,
        target: UserId,
        password: RawPassword,
    ) -> Result<(), ChangePasswordError> {
        let password_hash = self.password_hasher.hash(password).await?;

        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let actor = confirm_actor(transaction.as_ref(), actor, Role::User, now).await?;
        let mut user = transaction
            .users()
            .find_by_id_for_update(target)
            .await?
            .ok_or(ChangePasswordError::UserNotFound)?;
        authorize(&actor, Permission::ManageUser(&user))?;

        user.change_password(password_hash, now);
        transaction.users().save(&user).await?;
        transaction.sessions().delete_all_of(user.id(), None).await?;
        transaction.commit().await?;
        log::info!("user {} changed the password of user {}", actor.id(), user.id());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
