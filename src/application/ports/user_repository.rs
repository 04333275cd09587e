use async_trait::async_trait;
use thiserror::Error;

use super::StorageError;
use crate::domain::user::{User, UserId, Username};

/// Loads and changes users, within a transaction.
///
/// A user found *for update* is locked until the transaction ends: no other transaction changes the user meanwhile.
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Adds a user.
    ///
    /// # Errors
    /// [`InsertUserError::UsernameAlreadyExists`] if another user has the name, in any case. Storage itself enforces
    /// that, so that one of two concurrent calls fails.
    async fn insert(&self, user: &User) -> Result<(), InsertUserError>;

    /// Returns the user with this name, in any case.
    async fn find_for_update(&self, username: &Username) -> Result<Option<User>, StorageError>;

    /// Returns the user with this id.
    async fn find_by_id_for_update(&self, id: UserId) -> Result<Option<User>, StorageError>;

    /// Saves a user who was found in this transaction.
    async fn save(&self, user: &User) -> Result<(), StorageError>;

    /// Deletes a user who was found in this transaction, with all sessions. Events of the audit trail stay.
    async fn delete(&self, id: UserId) -> Result<(), StorageError>;

    /// Returns the number of active super admins, all of them locked.
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
