use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::domain::session::{AuthSession, Touch};

/// Records the use of sessions and when their users were last seen, outside any transaction.
#[async_trait]
pub trait SessionToucher: Send + Sync {
    /// Writes what the use of `session` at `now` changes. Returns `false` if the session has ended.
    ///
    /// Changes nothing unless the session lives at `now` and has the same secret, so that an ended session stays ended.
    /// Otherwise its user was seen too.
    ///
    /// [`Touch::Seen`] returns `true` at once. It is written in the background, unless another use was recorded within
    /// [`LAST_SEEN_STEP`](AuthSession::LAST_SEEN_STEP), and dropped while storage is busy: a later use is recorded.
    async fn touch(&self, session: &AuthSession, touch: Touch, now: DateTime<Utc>) -> Result<bool, StorageError>;
}
