use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use tokio::{runtime::Handle, sync::Semaphore};

use super::{
    Database,
    entities::auth_session::{Column, Entity, lives_at},
};
use crate::{
    application::ports::LastSeenRecorder,
    domain::session::{AuthSession, AuthSessionId},
};

/// Records when sessions were last seen, one at a time, in tasks of its own.
///
/// Whoever comes while another waits for the database is not recorded: a use of the session a moment later will be. So
/// however busy the database is, nothing queues up here, and requests have all connections but one for themselves.
#[derive(Debug)]
pub struct SeaOrmLastSeenRecorder {
    database: Database,
    turn: Arc<Semaphore>,
    runtime: Handle,
}

impl SeaOrmLastSeenRecorder {
    /// Records in `database`, on the runtime that calls this.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            turn: Arc::new(Semaphore::new(1)),
            runtime: Handle::current(),
        }
    }
}

impl LastSeenRecorder for SeaOrmLastSeenRecorder {
    fn record(&self, id: AuthSessionId, now: DateTime<Utc>) {
        let Ok(turn) = self.turn.clone().try_acquire_owned() else {
            return;
        };
        let database = self.database.clone();
        self.runtime.spawn(async move {
            if let Err(error) = write(&database, id, now).await {
                log::warn!("that session {id} was seen could not be recorded for now: {error}");
            }
            drop(turn);
        });
    }
}

/// Of several requests that found the session unseen for long, nodes apart, one writes.
async fn write(database: &Database, id: AuthSessionId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let update = Entity::update_many()
        .col_expr(Column::LastSeenAt, Expr::value(now))
        .filter(Column::Id.eq(id.as_uuid()))
        .filter(Column::LastSeenAt.lte(now - AuthSession::LAST_SEEN_STEP))
        .filter(lives_at(now));
    let transaction = database.begin().await?;
    update.exec(&transaction).await?;
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use sea_orm::{ActiveModelTrait, IntoActiveModel};
    use test_database::{DatabaseKind, apply, on_every_database};
    use uuid::Uuid;

    use super::*;
    use crate::infrastructure::persistence::{
        entities::{auth_session, user},
        testing::TestDatabase,
    };

    /// A session of that number, of a user of its own, that was last seen at the beginning of time.
    async fn insert_session(database: &Database, number: u128) -> AuthSessionId {
        let (id, start) = (Uuid::from_u128(number), DateTime::UNIX_EPOCH);
        let user = user::Model {
            id,
            username: format!("user{number}"),
            username_key: format!("user{number}"),
            password_hash: String::new(),
            role: user::RoleRank::User,
            is_active: true,
            credentials_generation: 0,
            created_at: start,
            updated_at: start,
        };
        let session = auth_session::Model {
            id,
            user_id: id,
            secret_digest: id.as_bytes().repeat(2),
            created_at: start,
            expires_at: start + AuthSession::LAST_SEEN_STEP * 2,
            last_seen_at: start,
            address: None,
            user_agent: None,
        };
        let writer = database.writer();
        user.into_active_model().reset_all().insert(writer).await.unwrap();
        session.into_active_model().reset_all().insert(writer).await.unwrap();
        id.into()
    }

    async fn last_seen_at(database: &Database, id: AuthSessionId) -> DateTime<Utc> {
        let row = Entity::find_by_id(id.as_uuid()).one(database.reader()).await;
        row.unwrap().unwrap().last_seen_at
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn while_the_database_is_busy_one_waits_and_the_others_are_left_out(kind: DatabaseKind) {
        let database = TestDatabase::migrated(kind).await;
        let recorder = SeaOrmLastSeenRecorder::new(&database);
        let [one, other] = [insert_session(&database, 1).await, insert_session(&database, 2).await];
        let now = DateTime::UNIX_EPOCH + AuthSession::LAST_SEEN_STEP;

        let busy = database.begin().await.unwrap();
        let lock = Entity::update_many().col_expr(Column::Address, Expr::value("192.0.2.1"));
        lock.exec(&busy).await.unwrap();
        let start = Instant::now();
        recorder.record(one, now);
        recorder.record(other, now);
        assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
        busy.commit().await.unwrap();

        while last_seen_at(&database, one).await != now {
            assert!(start.elapsed() < Duration::from_secs(5), "it is not recorded");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let _turn = recorder.turn.acquire().await.unwrap();
        assert_eq!(last_seen_at(&database, other).await, DateTime::UNIX_EPOCH);
    }
}
