use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::ports::{
        Clock, HashingError, InsertUserError, PasswordHasher, Random, RandomExt, StorageError, UnitOfWork,
    },
    domain::user::{InvalidPassword, InvalidUsername, PasswordPolicy, RawPassword, Role, User, UserId, Username},
};

/// How a new user is created, whoever asks for it: shared by signing up, creating a user and creating a super admin.
pub struct Registration {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) password_policy: PasswordPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// Why no user was created.
#[derive(Debug, Error)]
pub enum RegistrationError {
    /// The username breaks a rule.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// The password breaks a rule.
    #[error(transparent)]
    InvalidPassword(#[from] InvalidPassword),
    /// Another user has the name, possibly in different case.
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
    /// Creates an active user of the given role.
    ///
    /// # Errors
    /// As [`RegistrationError`] says; then there is no such user.
    pub(super) async fn register(&self, username: &str, password: &str, role: Role) -> Result<User, RegistrationError> {
        let user = self.prepare(username, password, role).await?;
        let transaction = self.unit_of_work.begin().await?;
        transaction.users().insert(&user).await?;
        transaction.commit().await?;
        Ok(user)
    }

    /// Makes an active user of the given role, to be inserted in a transaction of the caller's. None may be open yet: the
    /// password is hashed here.
    ///
    /// # Errors
    /// As [`RegistrationError`] says.
    pub(super) async fn prepare(&self, username: &str, password: &str, role: Role) -> Result<User, RegistrationError> {
        let username = Username::new(username)?;
        let password = RawPassword::new(password, &username, &self.password_policy)?;
        let password_hash = self.password_hasher.hash(password).await?;
        let now = self.clock.now();
        let id = UserId::new(now, self.random.bytes());
        Ok(User::new(id, username, password_hash, role, now))
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
