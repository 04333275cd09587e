use async_trait::async_trait;

use super::StorageError;
use crate::application::audit_trail::AuditEvent;

/// Writes the audit trail, within a transaction. Events never change.
#[async_trait]
pub trait AuditEventRepository: Send + Sync {
    /// Adds an event.
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError>;
}
