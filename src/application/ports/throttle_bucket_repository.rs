use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::domain::throttle::{ThrottleBucket, ThrottleKey};

/// Loads and changes the counts of failed attempts, within a transaction.
///
/// Every method locks buckets in the same order, so that transactions with the same keys do not wait for each other.
#[async_trait]
pub trait ThrottleBucketRepository: Send + Sync {
    /// Returns the buckets in the order of `keys`, locked until the transaction ends. Missing ones are created, empty.
    async fn find_for_update(
        &self,
        keys: &[ThrottleKey],
        now: DateTime<Utc>,
    ) -> Result<Vec<ThrottleBucket>, StorageError>;

    /// Saves buckets that were found in this transaction.
    async fn save(&self, buckets: &[ThrottleBucket]) -> Result<(), StorageError>;

    /// Removes buckets. Ignores keys without one.
    async fn delete(&self, keys: &[ThrottleKey]) -> Result<(), StorageError>;
}
