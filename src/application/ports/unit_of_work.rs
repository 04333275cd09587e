use async_trait::async_trait;

use super::{AuditEventRepository, AuthSessionRepository, StorageError, ThrottleBucketRepository, UserRepository};

/// Opens transactions. What must happen together happens in one. It is the only way for use cases to change what is stored, but
/// for when a session was last seen: that may be lost, so [`LastSeenRecorder`](super::LastSeenRecorder) writes it by itself.
#[async_trait]
pub trait UnitOfWork: Send + Sync {
    /// Opens a transaction. A request holds at most one at a time, and none while it waits for anything but the database.
    ///
    /// # Errors
    /// [`StorageError`] if none could be opened in time.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StorageError>;
}

/// An open transaction, which lends the repositories. Dropped without [`commit`](Self::commit) it changes nothing.
#[async_trait]
pub trait Transaction: Send + Sync {
    /// The users, as this transaction sees them.
    fn users(&self) -> &dyn UserRepository;

    /// The sessions, as this transaction sees them.
    fn sessions(&self) -> &dyn AuthSessionRepository;

    /// The counts of failed attempts, as this transaction sees them.
    fn throttle_buckets(&self) -> &dyn ThrottleBucketRepository;

    /// The audit trail, as this transaction sees it.
    fn audit_events(&self) -> &dyn AuditEventRepository;

    /// Makes everything done in this transaction last, or nothing of it.
    ///
    /// # Errors
    /// [`StorageError`] if nothing was made to last.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
}
