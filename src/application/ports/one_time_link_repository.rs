use async_trait::async_trait;

use super::StorageError;
use crate::domain::{link::OneTimeLink, user::UserId};

/// Loads and changes one-time links, within a transaction that has locked their user.
#[async_trait]
pub trait OneTimeLinkRepository: Send + Sync {
    /// Stores the link of a user in the place of a former one. Fails if the user does not exist.
    async fn replace(&self, link: &OneTimeLink) -> Result<(), StorageError>;

    /// Returns the link of a user, expired or not.
    async fn find_of(&self, user_id: UserId) -> Result<Option<OneTimeLink>, StorageError>;

    /// Removes the link of a user. Returns whether there was one.
    async fn delete_of(&self, user_id: UserId) -> Result<bool, StorageError>;
}
