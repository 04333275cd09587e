use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::{application::views::SessionView, domain::user::UserId};

/// Reads sessions as they are shown, outside any transaction.
#[async_trait]
pub trait SessionReader: Send + Sync {
    /// The sessions of a user that live at `now`, the newest first.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn list_live(&self, user_id: UserId, now: DateTime<Utc>) -> Result<Vec<SessionView>, StorageError>;
}
