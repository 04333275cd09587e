use async_trait::async_trait;

use super::StorageError;
use crate::domain::user::ErasedUsernameKey;

/// Remembers the usernames of erased users, within a transaction.
#[async_trait]
pub trait ErasedUsernameRepository: Send + Sync {
    /// Adds a key. Adding it again changes nothing.
    async fn insert(&self, key: &ErasedUsernameKey) -> Result<(), StorageError>;

    /// Returns whether one of `keys` was added.
    ///
    /// It sees what other transactions have committed by now, not only what they had when this one began.
    async fn contains_any(&self, keys: &[ErasedUsernameKey]) -> Result<bool, StorageError>;
}
