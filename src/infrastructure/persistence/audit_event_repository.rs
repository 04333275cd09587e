use async_trait::async_trait;
use sea_orm::EntityTrait;

use super::{database::SeaOrmTransaction, entities::audit_event::Entity, mapping::audit_event_row};
use crate::application::{
    audit_trail::AuditEvent,
    ports::{AuditEventRepository, StorageError},
};

#[async_trait]
impl AuditEventRepository for SeaOrmTransaction {
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError> {
        let insert = Entity::insert(audit_event_row(event));
        insert.exec_without_returning(&self.inner).await?;
        Ok(())
    }
}
