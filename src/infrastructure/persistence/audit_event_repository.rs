//! The audit trail, of which the transaction itself is the repository.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    entities::audit_event::{Column, Entity},
    mapping::audit_event_row,
    purge::Purge,
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
        let old = Entity::find()
            .filter(Column::Id.lt(AuditEventId::first_at(time).as_uuid()))
            .order_by_asc(Column::Id)
            .limit(limit);
        Ok(Purge::AuditEvents.delete(old, Column::Id, &self.inner).await?)
    }
}
