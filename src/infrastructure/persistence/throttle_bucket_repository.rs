//! The counts of failed attempts, of which the transaction itself is the repository.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockBehavior, LockType, OnConflict},
};

use super::{
    entities::throttle_bucket::{Column, Entity},
    mapping::throttle_bucket_row,
    purge::Purge,
    unit_of_work::SeaOrmTransaction,
};
use crate::{
    application::ports::{StorageError, ThrottleBucketRepository},
    domain::throttle::{ThrottleBucket, ThrottleKey},
};

#[async_trait]
impl ThrottleBucketRepository for SeaOrmTransaction {
    async fn find_for_update(
        &self,
        keys: &[ThrottleKey],
        now: DateTime<Utc>,
    ) -> Result<Vec<ThrottleBucket>, StorageError> {
        let mut sorted = keys.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let empty = sorted
            .iter()
            .map(|key| throttle_bucket_row(&ThrottleBucket::empty(*key, now)));
        // An update that changes nothing locks what is there already, each in its turn.
        let there = OnConflict::column(Column::Key).update_column(Column::Key).to_owned();
        let rows = Entity::insert_many(empty)
            .on_conflict(there)
            .exec_with_returning(&self.inner)
            .await?;
        let found = rows
            .into_iter()
            .map(ThrottleBucket::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        keys.iter()
            .map(|key| {
                let bucket = found.iter().find(|bucket| bucket.state().key == *key);
                bucket
                    .cloned()
                    .ok_or_else(|| StorageError::Failed("a bucket that was just made is not there".into()))
            })
            .collect()
    }

    async fn save(&self, bucket: &ThrottleBucket) -> Result<(), StorageError> {
        throttle_bucket_row(bucket).update(&self.inner).await?;
        Ok(())
    }

    async fn delete(&self, key: ThrottleKey) -> Result<(), StorageError> {
        Entity::delete_by_id(key.as_bytes().to_vec()).exec(&self.inner).await?;
        Ok(())
    }

    async fn delete_expired(&self, limit: u64, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let expired = Entity::find()
            .filter(Column::ExpiresAt.lte(now))
            .order_by_asc(Column::ExpiresAt)
            .limit(limit)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        Ok(Purge::ThrottleBuckets.delete(expired, Column::Key, &self.inner).await?)
    }
}
