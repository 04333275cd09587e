use async_trait::async_trait;

use super::StorageError;
use crate::{
    application::views::{UserFilter, UserPage, UserPageRequest, UserView},
    domain::user::{UserId, Username},
};

/// Reads users as they are shown, outside any transaction.
#[async_trait]
pub trait UserReader: Send + Sync {
    /// The users that `filter` matches, sorted and paginated as `page` asks, and how many there are in all, counted as far as
    /// it asks. Roles sort by rank, usernames by the bytes of their keys, and ties are broken by id in the same order, so that
    /// pages never overlap. Behind a cursor comes what sorts behind it now, whether or not its own user is still there.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn list(&self, filter: &UserFilter, page: &UserPageRequest) -> Result<UserPage, StorageError>;

    /// The user of that id.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_by_id(&self, id: UserId) -> Result<Option<UserView>, StorageError>;

    /// The user of that name, whatever its case.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_by_username(&self, username: &Username) -> Result<Option<UserView>, StorageError>;
}
