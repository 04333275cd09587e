use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{
    AuditEventRepository, AuthSessionRepository, ErasedUsernameRepository, OneTimeLinkRepository, StorageError,
    ThrottleBucketRepository, UserRepository,
};

/// Opens transactions, by which use cases change what is stored.
///
/// The one change outside a transaction is that of a [`SessionToucher`](super::SessionToucher).
#[async_trait]
pub trait UnitOfWork: Send + Sync {
    /// Opens a transaction. Fails if none can be opened in time.
    ///
    /// A request holds at most one at a time, and none while it waits for anything but the database.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StorageError>;
}

/// An open transaction, which lends the repositories. Dropped without [`commit`](Self::commit), it changes nothing.
#[async_trait]
pub trait Transaction: Send + Sync {
    /// Lends the repository of users.
    fn users(&self) -> &dyn UserRepository;

    /// Lends the repository of usernames of erased users.
    fn erased_usernames(&self) -> &dyn ErasedUsernameRepository;

    /// Lends the repository of sessions.
    fn sessions(&self) -> &dyn AuthSessionRepository;

    /// Lends the repository of one-time links.
    fn links(&self) -> &dyn OneTimeLinkRepository;

    /// Lends the repository of counts of failed attempts.
    fn throttle_buckets(&self) -> &dyn ThrottleBucketRepository;

    /// Lends the repository of the audit trail.
    fn audit_events(&self) -> &dyn AuditEventRepository;

    /// Removes the first `limit` rows of `what` to have expired at `time`. Returns their number.
    ///
    /// One process at a time removes rows of a kind; for others the number is 0. Rows that another transaction has
    /// locked are skipped, so that nothing waits for it.
    async fn purge(&self, what: Expirable, time: DateTime<Utc>, limit: u64) -> Result<u64, StorageError>;

    /// Commits all changes or none.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
}

/// A kind of rows that expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expirable {
    /// Sessions, at their expiry.
    Sessions,
    /// One-time links, at their expiry.
    Links,
    /// Counts of failed attempts, when all failures have expired.
    ThrottleBuckets,
    /// Events of the audit trail, as soon as they have happened.
    AuditEvents,
}

impl Expirable {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Sessions, Self::Links, Self::ThrottleBuckets, Self::AuditEvents];

    /// Returns the name of the kind in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Links => "links",
            Self::ThrottleBuckets => "throttle buckets",
            Self::AuditEvents => "audit events",
        }
    }
}
