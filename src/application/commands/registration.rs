use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        commands::{NewPasswordError, NewPasswords},
        ports::{
            Clock, ErasedUsernameKeys, HashClient, HashingError, InsertUserError, PasswordHasher, Random, RandomExt,
            StorageError, Transaction,
        },
    },
    domain::user::{InvalidUsername, RawPassword, Role, User, UserId, Username},
};

/// Creates users, for sign-up and for the commands that create, invite, or make super admins.
pub struct Registration {
    pub(crate) new_passwords: Arc<NewPasswords>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) erased_username_keys: Arc<dyn ErasedUsernameKeys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// A valid username and password, and the client for whom the password is hashed.
pub(super) struct Candidate {
    client: HashClient,
    username: Username,
    password: RawPassword,
}

/// Why no user was created.
#[derive(Debug, Error)]
pub enum RegistrationError {
    /// The username breaks a rule.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// The password was not accepted.
    #[error(transparent)]
    NewPassword(#[from] NewPasswordError),
    /// Another user has the name, possibly in different case, or an erased user had it.
    #[error("This username is taken. Choose another one.")]
    UsernameAlreadyExists,
    /// The password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Registration {
    /// Checks the username, the password, and the capacity to hash the password.
    ///
    /// # Errors
    /// See [`RegistrationError`].
    pub(super) async fn check(
        &self,
        client: HashClient,
        username: &str,
        password: &str,
    ) -> Result<Candidate, RegistrationError> {
        let username = Username::new(username)?;
        let password = self.new_passwords.check(password, &username).await?;
        self.password_hasher.check_capacity(client)?;
        Ok(Candidate {
            client,
            username,
            password,
        })
    }

    /// Hashes the password, and returns an active user of `role` to [`insert`](Self::insert).
    ///
    /// Hashing is slow, so no transaction may be open.
    ///
    /// # Errors
    /// [`RegistrationError::Hashing`] if the password could not be hashed.
    pub(super) async fn prepare(&self, candidate: Candidate, role: Role) -> Result<User, RegistrationError> {
        let password_hash = self.password_hasher.hash(candidate.client, candidate.password).await?;
        let now = self.clock.now();
        let id = UserId::new(now, self.random.bytes());
        Ok(User::new(id, candidate.username, password_hash, role, now))
    }

    /// Inserts the user in `transaction`, unless the name is taken or was taken by an erased user.
    ///
    /// # Errors
    /// [`RegistrationError::UsernameAlreadyExists`] or [`RegistrationError::Storage`].
    pub(super) async fn insert(&self, transaction: &dyn Transaction, user: &User) -> Result<(), RegistrationError> {
        transaction.users().insert(user).await?;
        // Only now: the insertion waits for an erasure that runs meanwhile.
        let keys = self.erased_username_keys.all(&user.state().username);
        match transaction.erased_usernames().contains_any(&keys).await? {
            true => Err(RegistrationError::UsernameAlreadyExists),
            false => Ok(()),
        }
    }

    /// Returns an active user of `role` without a password, for the caller to insert.
    ///
    /// # Errors
    /// [`RegistrationError::InvalidUsername`] if the username breaks a rule.
    pub(super) fn invite(&self, username: &str, role: Role) -> Result<User, RegistrationError> {
        let username = Username::new(username)?;
        let now = self.clock.now();
        let id = UserId::new(now, self.random.bytes());
        Ok(User::invite(id, username, role, now))
    }
}

impl From<InsertUserError> for RegistrationError {
    fn from(error: InsertUserError) -> Self {
        match error {
            InsertUserError::UsernameAlreadyExists => Self::UsernameAlreadyExists,
            InsertUserError::Storage(error) => Self::Storage(error),
        }
    }
}
