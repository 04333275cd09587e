use thiserror::Error;

use crate::application::{
    ports::{HashingError, IssueError, StorageError},
    throttle::Throttled,
};

/// Why no session began.
#[derive(Debug, Error)]
pub enum LogInError {
    /// The username or the password is wrong, or the account is inactive. The client does not learn which.
    #[error("The username or the password is wrong, or the account is inactive.")]
    InvalidCredentials,
    /// There were too many attempts.
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
