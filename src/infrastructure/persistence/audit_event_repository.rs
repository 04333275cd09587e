use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    database::{Purge, try_lock_purge},
    entities::audit_event::{Column, Entity},
    mapping::audit_event_row,
    unit_of_work::SeaOrmTransaction,
};
use crate::{
    application::ports::{AuditEventRepository, StorageError},
    domain::audit::{AuditEvent, AuditEventId},
};

#[async_trait]
impl AuditEventRepository for SeaOrmTransaction {
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError> {
        let insert = Entity::insert(audit_event_row(event));
        insert.exec_without_returning(&self.inner).await?;
        Ok(())
    }

    async fn delete_before(&self, time: DateTime<Utc>, limit: u64) -> Result<u64, StorageError> {
        if !try_lock_purge(Purge::AuditEvents, &self.inner).await? {
            return Ok(0);
        }
        let old = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Id.lt(AuditEventId::first_at(time).as_uuid()))
            .order_by_asc(Column::Id)
            .limit(limit);
        let ids = old.into_tuple::<Uuid>().all(&self.inner).await?;
        let delete = Entity::delete_many().filter(Column::Id.is_in(ids));
        Ok(delete.exec(&self.inner).await?.rows_affected)
    }
}
