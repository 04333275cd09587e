use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::ports::{
        Clock, HashClient, HashingError, InsertUserError, PasswordHasher, Random, RandomExt, StorageError,
    },
    domain::user::{InvalidPassword, InvalidUsername, PasswordPolicy, RawPassword, Role, User, UserId, Username},
};

/// How a new user is created, whoever asks for it: shared by signing up, creating a user and creating a super admin.
pub struct Registration {
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) password_policy: PasswordPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// A username and a password that break no rule, and the client on whose behalf the password is hashed.
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
    /// Checks the username, the password, and whether the password can be hashed now.
    ///
    /// # Errors
    /// [`RegistrationError`] with the rule that is broken, or [`RegistrationError::Hashing`].
    pub(super) fn check(
        &self,
        client: HashClient,
        username: &str,
        password: &str,
    ) -> Result<Candidate, RegistrationError> {
        let username = Username::new(username)?;
        let password = RawPassword::new(password, &username, &self.password_policy)?;
        self.password_hasher.check_capacity(client)?;
        Ok(Candidate {
            client,
            username,
            password,
        })
    }

    /// Makes an active user of the given role, to be inserted in a transaction of the caller's. None may be open yet: the
    /// password is hashed here.
    ///
    /// # Errors
    /// [`RegistrationError::Hashing`] if the password could not be hashed.
    pub(super) async fn prepare(&self, candidate: Candidate, role: Role) -> Result<User, RegistrationError> {
        let password_hash = self.password_hasher.hash(candidate.client, candidate.password).await?;
        let now = self.clock.now();
        let id = UserId::new(now, self.random.bytes());
        Ok(User::new(id, candidate.username, password_hash, role, now))
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
