use async_trait::async_trait;

use super::StorageError;
use crate::domain::audit::AuditEvent;

/// Writes the audit trail, within a transaction. Events never change.
#[async_trait]
pub trait AuditEventRepository: Send + Sync {
    /// Adds an event.
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError>;
}
