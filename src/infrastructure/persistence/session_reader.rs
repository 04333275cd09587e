use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    Database,
    entities::auth_session::{Column, Entity, lives_at},
};
use crate::{
    application::{
        ports::{SessionReader, StorageError},
        views::SessionView,
    },
    domain::{session::AuthSession, user::UserId},
};

#[async_trait]
impl SessionReader for Database {
    async fn list_live(&self, user_id: UserId, now: DateTime<Utc>) -> Result<Vec<SessionView>, StorageError> {
        let rows = Entity::find()
            .filter(Column::UserId.eq(user_id.as_uuid()))
            .filter(lives_at(now))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .all(self.reader())
            .await?;
        rows.into_iter()
            .map(|row| Ok(AuthSession::try_from(row)?.into()))
            .collect()
    }
}
