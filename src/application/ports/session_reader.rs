use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::{application::views::SessionView, domain::user::UserId};

/// Reads views of sessions, outside any transaction.
#[async_trait]
pub trait SessionReader: Send + Sync {
    /// Returns the sessions of a user that live at `now`, newest first.
    async fn list_live(&self, user_id: UserId, now: DateTime<Utc>) -> Result<Vec<SessionView>, StorageError>;
}
