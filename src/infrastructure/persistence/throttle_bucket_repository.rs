use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict};

use super::{
    database::SeaOrmTransaction,
    entities::throttle_bucket::{Column, Entity},
    mapping::throttle_bucket_row,
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
        // An update that changes nothing locks the existing rows in order.
        let existing = OnConflict::column(Column::Key).update_column(Column::Key).to_owned();
        let rows = Entity::insert_many(empty)
            .on_conflict(existing)
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

    async fn save(&self, buckets: &[ThrottleBucket]) -> Result<(), StorageError> {
        if buckets.is_empty() {
            return Ok(());
        }
        let existing = OnConflict::column(Column::Key)
            .update_columns([Column::Failures, Column::LastAt, Column::ExpiresAt])
            .to_owned();
        Entity::insert_many(buckets.iter().map(throttle_bucket_row))
            .on_conflict(existing)
            .exec_without_returning(&self.inner)
            .await?;
        Ok(())
    }

    async fn delete(&self, keys: &[ThrottleKey]) -> Result<(), StorageError> {
        if keys.is_empty() {
            return Ok(());
        }
        let named = Column::Key.is_in(keys.iter().map(|key| key.as_bytes().to_vec()));
        // A deletion would lock in no defined order.
        Entity::find()
            .select_only()
            .column(Column::Key)
            .filter(named.clone())
            .order_by_asc(Column::Key)
            .lock_exclusive()
            .into_tuple::<Vec<u8>>()
            .all(&self.inner)
            .await?;
        Entity::delete_many().filter(named).exec(&self.inner).await?;
        Ok(())
    }
}
