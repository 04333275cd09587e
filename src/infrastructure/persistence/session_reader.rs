use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    Database,
    entities::auth_session::{Column, Entity, lives_at},
    mapping::client_details,
};
use crate::{
    application::{
        ports::{SessionReader, StorageError},
        views::SessionView,
    },
    domain::user::UserId,
};

/// Reads sessions as they are shown.
#[derive(Debug)]
pub struct SeaOrmSessionReader {
    database: Database,
}

#[derive(FromQueryResult)]
struct SessionViewRow {
    id: Uuid,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    address: Option<String>,
    user_agent: Option<String>,
}

impl SeaOrmSessionReader {
    /// Reads the sessions of `database`.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }
}

#[async_trait]
impl SessionReader for SeaOrmSessionReader {
    async fn list_live(&self, user_id: UserId, now: DateTime<Utc>) -> Result<Vec<SessionView>, StorageError> {
        let rows = Entity::find()
            .select_only()
            .columns([
                Column::Id,
                Column::CreatedAt,
                Column::LastSeenAt,
                Column::ExpiresAt,
                Column::Address,
                Column::UserAgent,
            ])
            .filter(Column::UserId.eq(user_id.as_uuid()))
            .filter(lives_at(now))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .into_model::<SessionViewRow>()
            .all(self.database.reader())
            .await?;
        rows.into_iter().map(SessionView::try_from).collect()
    }
}

impl TryFrom<SessionViewRow> for SessionView {
    type Error = StorageError;

    /// Fails if the stored address is none.
    fn try_from(row: SessionViewRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id.into(),
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            client: client_details(row.address, row.user_agent)?,
        })
    }
}
