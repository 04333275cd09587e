use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::domain::{
    session::{AuthSession, AuthSessionId},
    user::UserId,
};

/// Loads and changes sessions, within a transaction.
#[async_trait]
pub trait AuthSessionRepository: Send + Sync {
    /// Adds a session, and records its user as seen. Fails if the user does not exist.
    async fn insert(&self, session: &AuthSession) -> Result<(), StorageError>;

    /// Returns the session if it lives at `now`, locked until the transaction ends.
    async fn find_live_for_update(
        &self,
        id: AuthSessionId,
        now: DateTime<Utc>,
    ) -> Result<Option<AuthSession>, StorageError>;

    /// Saves a session that was found in this transaction.
    async fn save(&self, session: &AuthSession) -> Result<(), StorageError>;

    /// Ends a session. Returns whether it existed.
    async fn delete(&self, id: AuthSessionId) -> Result<bool, StorageError>;

    /// Ends all sessions of a user except `keep`. Returns their number.
    async fn delete_all_of(&self, user_id: UserId, keep: Option<AuthSessionId>) -> Result<u64, StorageError>;

    /// Ends the sessions of a user that live at `now`, except the newest `keep`. Returns their number.
    ///
    /// The number of sessions left is exact if the caller has locked the user.
    async fn delete_oldest_of(&self, user_id: UserId, keep: u64, now: DateTime<Utc>) -> Result<u64, StorageError>;
}
