use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::{
    database::SeaOrmTransaction,
    entities::{
        auth_session::{Column, Entity, lives_at},
        user,
    },
    mapping::session_row,
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
        let state = session.state();
        let seen = user::Entity::record_as_seen(state.user_id.as_uuid(), state.last_seen_at);
        seen.exec(&self.inner).await?;
        let insert = Entity::insert(session_row(session));
        insert.exec_without_returning(&self.inner).await?;
        Ok(())
    }

    async fn find_live_for_update(
        &self,
        id: AuthSessionId,
        now: DateTime<Utc>,
    ) -> Result<Option<AuthSession>, StorageError> {
        let query = Entity::find_by_id(id.as_uuid()).filter(lives_at(now));
        let row = query.lock_exclusive().one(&self.inner).await?;
        row.map(AuthSession::try_from).transpose()
    }

    async fn save(&self, session: &AuthSession) -> Result<(), StorageError> {
        session_row(session).update(&self.inner).await?;
        Ok(())
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
            .add(lives_at(now));
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use chrono::TimeDelta;
    use test_database::{DatabaseKind, apply, needs_postgres};

    use super::*;
    use crate::{
        application::{
            ports::{Expirable, Transaction},
            testing::user,
        },
        domain::{
            secret::Secret,
            session::{ClientDetails, SessionLifetime},
            user::Role,
        },
        infrastructure::persistence::testing::TestDatabase,
    };

    /// Six sessions that have expired, and when.
    async fn expired(database: &TestDatabase) -> ([AuthSessionId; 6], DateTime<Utc>) {
        let (alice, start) = (user("alice", Role::User), DateTime::UNIX_EPOCH);
        let lifetime = SessionLifetime::new(TimeDelta::hours(1), TimeDelta::hours(1), 0.5).unwrap();
        let transaction = database.begin().await.unwrap();
        transaction.users().insert(&alice).await.unwrap();
        let ids = [1, 2, 3, 4, 5, 6].map(|number| AuthSessionId::new(start, [number; 10]));
        for (id, number) in ids.into_iter().zip(1..) {
            let secret = Secret::new([number; 32]);
            let session = AuthSession::begin(id, alice.id(), ClientDetails::default(), &secret, &lifetime, start);
            transaction.sessions().insert(&session).await.unwrap();
        }
        transaction.commit().await.unwrap();
        (ids, start + TimeDelta::hours(1))
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn while_one_node_purges_another_has_nothing_to_do() {
        let database = TestDatabase::migrated(DatabaseKind::Postgres).await;
        let (_, now) = expired(&database).await;
        let begin = async || database.begin().await.unwrap();
        let purge = async |node: &dyn Transaction| node.purge(Expirable::Sessions, now, 2).await.unwrap();

        let one = begin().await;
        assert_eq!(purge(&one).await, 2);
        assert_eq!(purge(&begin().await).await, 0);
        one.commit().await.unwrap();

        let broken = begin().await;
        assert_eq!(purge(&broken).await, 2);
        drop(broken);
        let other = begin().await;
        // What was dropped is rolled back in the background.
        let start = Instant::now();
        while purge(&other).await == 0 {
            assert!(start.elapsed() < Duration::from_secs(5), "the lock is never released");
        }
        for purged in [2, 0] {
            assert_eq!(purge(&other).await, purged);
        }
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn a_purge_waits_for_nobody() {
        let database = TestDatabase::migrated(DatabaseKind::Postgres).await;
        let (ids, now) = expired(&database).await;
        let request = database.begin().await.unwrap();
        assert!(request.sessions().delete(ids[0]).await.unwrap());

        let purge = database.begin().await.unwrap();
        assert_eq!(purge.purge(Expirable::Sessions, now, 10).await.unwrap(), 5);
    }
}
