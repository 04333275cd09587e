use async_trait::async_trait;

use super::StorageError;
use crate::application::views::{AuditEventFilter, AuditEventPage, AuditEventPageRequest};

/// Reads the audit trail, outside any transaction.
#[async_trait]
pub trait AuditEventReader: Send + Sync {
    /// The events that `filter` matches, the newest first, as many as `page` asks for. What was written meanwhile is on no
    /// later page.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn list(
        &self,
        filter: &AuditEventFilter,
        page: &AuditEventPageRequest,
    ) -> Result<AuditEventPage, StorageError>;
}
