use std::error::Error as StdError;

use async_trait::async_trait;
use thiserror::Error;

use crate::domain::user::RawPassword;

/// Knows which passwords are known from data breaches.
///
/// An implementation shows a password, or its hash, to nobody: not in a log, and not to a service.
#[async_trait]
pub trait BreachedPasswords: Send + Sync {
    /// Returns whether `password` is known from a data breach.
    ///
    /// # Errors
    /// [`BreachCheckError`] if that cannot be found out now.
    async fn contains(&self, password: &RawPassword) -> Result<bool, BreachCheckError>;
}

/// It could not be found out whether a password is known from a data breach. A retry may succeed.
#[derive(Debug, Error)]
#[error("New passwords cannot be checked at the moment. Try again later.")]
pub struct BreachCheckError(#[source] pub Box<dyn StdError + Send + Sync>);
