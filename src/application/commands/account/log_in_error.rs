use thiserror::Error;

use crate::application::{
    ports::{HashingError, IssueError, StorageError},
    throttle::Throttled,
};

/// Why no session began.
#[derive(Debug, Error)]
pub enum LogInError {
    /// The username, the password or the account is not right; which one, is not told.
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
