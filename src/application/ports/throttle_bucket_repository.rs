use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StorageError;
use crate::domain::throttle::{ThrottleBucket, ThrottleKey};

/// The counts of failed attempts, within a transaction.
#[async_trait]
pub trait ThrottleBucketRepository: Send + Sync {
    /// The buckets of these keys, in their order, all locked until the transaction ends; one that is not there yet is made,
    /// empty at `now`. They are locked in an order of the storage's own, so that no two who ask for the same wait for each
    /// other.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_for_update(
        &self,
        keys: &[ThrottleKey],
        now: DateTime<Utc>,
    ) -> Result<Vec<ThrottleBucket>, StorageError>;

    /// Writes back buckets that were found in this transaction.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn save(&self, buckets: &[ThrottleBucket]) -> Result<(), StorageError>;

    /// Removes the buckets of these keys, locked in the same order; ignores keys without a bucket.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete(&self, keys: &[ThrottleKey]) -> Result<(), StorageError>;

    /// Removes buckets that have expired at `now`, up to `limit`; none while another process does so. Passes over those that
    /// another transaction has locked. Returns how many were removed.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn delete_expired(&self, limit: u64, now: DateTime<Utc>) -> Result<u64, StorageError>;
}
