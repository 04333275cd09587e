//! Counts of failed attempts in memory.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::InMemoryTransaction;
use crate::{
    application::ports::{StorageError, ThrottleBucketRepository},
    domain::throttle::{ThrottleBucket, ThrottleKey},
};

#[async_trait]
impl ThrottleBucketRepository for InMemoryTransaction {
    async fn find_for_update(
        &self,
        keys: &[ThrottleKey],
        now: DateTime<Utc>,
    ) -> Result<Vec<ThrottleBucket>, StorageError> {
        let mut state = self.working.lock().unwrap();
        let mut find = |key: &ThrottleKey| {
            let bucket = state.throttle_buckets.entry(*key);
            bucket.or_insert_with(|| ThrottleBucket::empty(*key, now)).clone()
        };
        Ok(keys.iter().map(&mut find).collect())
    }

    async fn save(&self, buckets: &[ThrottleBucket]) -> Result<(), StorageError> {
        let mut state = self.working.lock().unwrap();
        let saved = buckets.iter().map(|bucket| (bucket.state().key, bucket.clone()));
        state.throttle_buckets.extend(saved);
        Ok(())
    }

    async fn delete(&self, keys: &[ThrottleKey]) -> Result<(), StorageError> {
        let mut state = self.working.lock().unwrap();
        state.throttle_buckets.retain(|key, _| !keys.contains(key));
        Ok(())
    }

    async fn delete_expired(&self, limit: u64, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let mut state = self.working.lock().unwrap();
        let mut expired: Vec<_> = state.throttle_buckets.values().map(ThrottleBucket::state).collect();
        expired.retain(|bucket| bucket.expires_at <= now);
        expired.sort_by_key(|bucket| bucket.expires_at);
        let keys: Vec<_> = expired.iter().take(limit as usize).map(|bucket| bucket.key).collect();
        state.throttle_buckets.retain(|key, _| !keys.contains(key));
        Ok(keys.len() as u64)
    }
}
