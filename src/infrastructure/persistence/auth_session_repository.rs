use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};

use super::{
    entities::auth_session::{Column, Entity},
    mapping::session_row,
    unit_of_work::SeaOrmTransaction,
};
use crate::{
    application::ports::{AuthSessionRepository, StorageError},
    domain::{
        session::{AuthSession, AuthSessionId},
        user::UserId,
    },
};

#[async_trait]
impl AuthSessionRepository for SeaOrmTransaction {
    async fn insert(&self, session: &AuthSession) -> Result<(), StorageError> {
        let insert = Entity::insert(session_row(session));
        insert.exec_without_returning(&self.inner).await?;
        Ok(())
    }

    async fn find_live_for_update(
        &self,
        id: AuthSessionId,
        now: DateTime<Utc>,
    ) -> Result<Option<AuthSession>, StorageError> {
        let query = Entity::find_by_id(id.as_uuid()).filter(Column::ExpiresAt.gt(now));
        let row = query.lock_exclusive().one(&self.inner).await?;
        row.map(AuthSession::try_from).transpose()
    }

    async fn save(&self, session: &AuthSession) -> Result<(), StorageError> {
        session_row(session).update(&self.inner).await?;
        Ok(())
    }

    async fn extend(&self, session: &AuthSession, now: DateTime<Utc>) -> Result<bool, StorageError> {
        let state = session.state();
        let update = Entity::update_many()
            .col_expr(Column::ExpiresAt, Expr::value(state.expires_at))
            .col_expr(Column::LastSeenAt, Expr::value(state.last_seen_at))
            .filter(Column::Id.eq(state.id.as_uuid()))
            .filter(Column::SecretDigest.eq(state.secret_digest.as_bytes().to_vec()))
            .filter(Column::ExpiresAt.gt(now));
        Ok(update.exec(&self.inner).await?.rows_affected > 0)
    }

    async fn delete(&self, id: AuthSessionId) -> Result<bool, StorageError> {
        let delete = Entity::delete_by_id(id.as_uuid());
        Ok(delete.exec(&self.inner).await?.rows_affected > 0)
    }

    async fn delete_all_of(&self, user_id: UserId, keep: Option<AuthSessionId>) -> Result<u64, StorageError> {
        let mut delete = Entity::delete_many().filter(Column::UserId.eq(user_id.as_uuid()));
        if let Some(keep) = keep {
            delete = delete.filter(Column::Id.ne(keep.as_uuid()));
        }
        Ok(delete.exec(&self.inner).await?.rows_affected)
    }

    async fn delete_oldest_of(&self, user_id: UserId, keep: u64, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let theirs = Condition::all()
            .add(Column::UserId.eq(user_id.as_uuid()))
            .add(Column::ExpiresAt.gt(now));
        let newest = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(theirs.clone())
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .limit(keep);
        let delete = Entity::delete_many()
            .filter(theirs)
            .filter(Column::Id.not_in_subquery(newest.into_query()));
        Ok(delete.exec(&self.inner).await?.rows_affected)
    }
}
