use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::{
    application::views::OneTimeLinkView,
    domain::{secret::SecretDigest, user::UserId},
};

/// Reads views of one-time links, outside any transaction.
#[async_trait]
pub trait OneTimeLinkReader: Send + Sync {
    /// Returns the link with this secret, if it lives at `now` and its user is active.
    async fn find(&self, secret: &SecretDigest, now: DateTime<Utc>) -> Result<Option<OneTimeLinkView>, StorageError>;

    /// Returns the link of a user, expired or not.
    async fn find_of(&self, user_id: UserId) -> Result<Option<OneTimeLinkView>, StorageError>;
}
