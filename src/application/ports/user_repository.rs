use async_trait::async_trait;
use thiserror::Error;

use super::StorageError;
use crate::domain::user::{User, UserId, Username};

/// The users, within a transaction.
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Adds a user.
    ///
    /// # Errors
    /// [`InsertUserError::UsernameAlreadyExists`] if another user has the name, whatever its case. The storage itself must
    /// judge that, so that of two who ask at once one is refused.
    async fn insert(&self, user: &User) -> Result<(), InsertUserError>;

    /// The user of that name, whatever its case, locked until the transaction ends: no other transaction changes the
    /// user meanwhile.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_for_update(&self, username: &Username) -> Result<Option<User>, StorageError>;

    /// The user of that id, locked as by [`find_for_update`](Self::find_for_update).
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_by_id_for_update(&self, id: UserId) -> Result<Option<User>, StorageError>;

    /// Writes a user back who was found in this transaction.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn save(&self, user: &User) -> Result<(), StorageError>;

    /// How many active super admins there are, all of them locked as by [`find_for_update`](Self::find_for_update), so
    /// that the number holds until the transaction ends.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn count_active_super_admins_for_update(&self) -> Result<u64, StorageError>;
}

/// Why a user was not added.
#[derive(Debug, Error)]
pub enum InsertUserError {
    /// The name is taken.
    #[error("the username already exists")]
    UsernameAlreadyExists,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
