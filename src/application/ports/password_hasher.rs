use std::error::Error as StdError;

use async_trait::async_trait;
use thiserror::Error;

use crate::domain::user::{PasswordHash, RawPassword};

/// Hashes passwords, slowly on purpose, without stalling anything else.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash under which a new password is stored.
    ///
    /// # Errors
    /// [`HashingError`] if it could not be made.
    async fn hash(&self, password: RawPassword) -> Result<PasswordHash, HashingError>;

    /// Whether `password` is the one that `hash` was made of. Without a hash the answer is no, after the same time: one
    /// hash is always computed, so that nobody can tell a wrong password from an unknown user by the clock.
    ///
    /// # Errors
    /// [`HashingError`] if it could not be told.
    async fn verify(&self, password: RawPassword, hash: Option<PasswordHash>) -> Result<bool, HashingError>;

    /// Whether a password that came now could be hashed in time. The answer costs nothing, so it is asked for before anything
    /// that does; it may have changed when the password comes.
    ///
    /// # Errors
    /// [`HashingError::Saturated`] if it could not.
    fn expect_turn(&self) -> Result<(), HashingError>;

    /// Whether `hash` was made in another way than a new one would be: with another key or at another cost.
    fn is_outdated(&self, hash: &PasswordHash) -> bool;
}

/// Why a password was neither hashed nor verified.
#[derive(Debug, Error)]
pub enum HashingError {
    /// All slots are busy and none becomes free in time: the same request may succeed later.
    #[error("Too many passwords are being hashed at the moment. Try again later.")]
    Saturated,
    /// The hasher broke, or cannot read the hash.
    #[error("the password hasher failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}
