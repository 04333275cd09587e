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
}
