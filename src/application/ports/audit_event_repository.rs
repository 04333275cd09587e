use async_trait::async_trait;

use super::StorageError;
use crate::{application::audit_trail::AuditEvent, domain::user::UserId};

/// Writes the audit trail, within a transaction. Events never change, but an erasure removes addresses.
#[async_trait]
pub trait AuditEventRepository: Send + Sync {
    /// Adds an event.
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError>;

    /// Removes the addresses from all events whose actor is this user.
    async fn remove_addresses_of(&self, actor_id: UserId) -> Result<(), StorageError>;
}
