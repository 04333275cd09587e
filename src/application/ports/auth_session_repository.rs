use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::domain::{
    session::{AuthSession, AuthSessionId},
    user::UserId,
};

/// The sessions, within a transaction.
#[async_trait]
pub trait AuthSessionRepository: Send + Sync {
    /// Adds a session of an existing user.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails, or has no such user.
    async fn insert(&self, session: &AuthSession) -> Result<(), StorageError>;

    /// The session of that id if it lives at `now`, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_live_for_update(
        &self,
        id: AuthSessionId,
        now: DateTime<Utc>,
    ) -> Result<Option<AuthSession>, StorageError>;

    /// Writes a session back that was found in this transaction.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn save(&self, session: &AuthSession) -> Result<(), StorageError>;

    /// Writes back the later expiry of a session that was read without a lock, and that it was seen. Returns whether it did:
    /// only if the session still lives at `now` and is still opened by the same secret, so that one which was ended meanwhile
    /// is not revived.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn extend(&self, session: &AuthSession, now: DateTime<Utc>) -> Result<bool, StorageError>;

    /// Ends the session of that id. Returns whether there was one.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete(&self, id: AuthSessionId) -> Result<bool, StorageError>;

    /// Ends the session of that id if it does not live at `now`, so that it will not by another clock, or by this one set
    /// back. Returns whether it did.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete_dead(&self, id: AuthSessionId, now: DateTime<Utc>) -> Result<bool, StorageError>;

    /// Ends every session of a user, but for the one to `keep`. Returns how many there were.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete_all_of(&self, user_id: UserId, keep: Option<AuthSessionId>) -> Result<u64, StorageError>;

    /// Ends the sessions of a user that live at `now`, but for the `keep` that began last. Returns how many ended. Who has
    /// locked the user can rely on it that no more are left, and adds the next one before unlocking.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete_oldest_of(&self, user_id: UserId, keep: u64, now: DateTime<Utc>) -> Result<u64, StorageError>;

    /// Removes sessions that have expired at `now`, whosever they are, up to `limit` and the first to expire first; none while
    /// another process does so. Passes over those that another transaction has locked, and so waits for nobody. Returns how
    /// many were removed.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete_expired(&self, limit: u64, now: DateTime<Utc>) -> Result<u64, StorageError>;
}
