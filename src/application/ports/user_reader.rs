use async_trait::async_trait;

use super::StorageError;
use crate::{
    application::{
        paging::{UserFilter, UserPage, UserPageRequest},
        views::UserDetails,
    },
    domain::user::{UserId, Username},
};

/// Reads views of users, outside any transaction.
#[async_trait]
pub trait UserReader: Send + Sync {
    /// Returns a page of the users that match `filter`, and their total as far as `page` has it counted.
    ///
    /// Roles sort by rank, usernames by the bytes of their keys. Ties sort by id, so that pages never overlap. A page
    /// after a cursor begins behind its position, whether or not its user still exists.
    async fn list(&self, filter: &UserFilter, page: &UserPageRequest) -> Result<UserPage, StorageError>;

    /// Returns the user with this id.
    async fn find_by_id(&self, id: UserId) -> Result<Option<UserDetails>, StorageError>;

    /// Returns the user with this name, in any case.
    async fn find_by_username(&self, username: &Username) -> Result<Option<UserDetails>, StorageError>;
}
