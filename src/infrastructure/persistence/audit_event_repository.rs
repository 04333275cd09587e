use async_trait::async_trait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    database::SeaOrmTransaction,
    entities::audit_event::{Column, Entity},
    mapping::audit_event_row,
};
use crate::{
    application::{
        audit_trail::AuditEvent,
        ports::{AuditEventRepository, StorageError},
    },
    domain::user::UserId,
};

#[async_trait]
impl AuditEventRepository for SeaOrmTransaction {
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError> {
        let insert = Entity::insert(audit_event_row(event));
        insert.exec_without_returning(&self.inner).await?;
        Ok(())
    }

    async fn remove_addresses_of(&self, actor_id: UserId) -> Result<(), StorageError> {
        Entity::update_many()
            .col_expr(Column::Address, Expr::value(Option::<String>::None))
            .filter(Column::ActorId.eq(actor_id.as_uuid()))
            .filter(Column::Address.is_not_null())
            .exec(&self.inner)
            .await?;
        Ok(())
    }
}
