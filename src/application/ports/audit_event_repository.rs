use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::domain::audit::AuditEvent;

/// The audit trail, within a transaction. Events are added, and removed when they are old; nothing changes them.
#[async_trait]
pub trait AuditEventRepository: Send + Sync {
    /// Adds an event.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError>;

    /// Removes events from before `time`, up to `limit` and the oldest first; none while another process does so. Returns how
    /// many were removed.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete_before(&self, time: DateTime<Utc>, limit: u64) -> Result<u64, StorageError>;
}
