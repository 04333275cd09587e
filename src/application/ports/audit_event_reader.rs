use async_trait::async_trait;

use super::StorageError;
use crate::application::paging::{AuditEventFilter, AuditEventPage, AuditEventPageRequest};

/// Reads the audit trail, outside any transaction.
#[async_trait]
pub trait AuditEventReader: Send + Sync {
    /// Returns a page of the events that match `filter`, newest first. Events added later are on no later page.
    async fn list(
        &self,
        filter: &AuditEventFilter,
        page: &AuditEventPageRequest,
    ) -> Result<AuditEventPage, StorageError>;
}
