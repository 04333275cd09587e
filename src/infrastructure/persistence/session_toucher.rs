use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};
use tokio::{runtime::Handle, sync::Semaphore};

use super::{
    Database,
    entities::{
        auth_session::{Column, Entity, lives_at},
        user,
    },
};
use crate::{
    application::ports::{SessionToucher, StorageError},
    domain::session::{AuthSession, Touch},
};

/// Records the use of sessions.
///
/// One use at a time is recorded in the background, and others are dropped meanwhile. However busy the database is,
/// they do not queue up, and requests have all connections but one for themselves.
#[derive(Debug)]
pub struct SeaOrmSessionToucher {
    database: Database,
    background: Arc<Semaphore>,
    runtime: Handle,
}

impl SeaOrmSessionToucher {
    /// Records in `database`, in the background on the runtime that calls this.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            background: Arc::new(Semaphore::new(1)),
            runtime: Handle::current(),
        }
    }
}

#[async_trait]
impl SessionToucher for SeaOrmSessionToucher {
    async fn touch(&self, session: &AuthSession, touch: Touch, now: DateTime<Utc>) -> Result<bool, StorageError> {
        let id = session.id();
        let seen = user::Entity::record_as_seen(session.state().user_id.as_uuid(), now);
        let update = Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(now))
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::SecretDigest.eq(session.state().secret_digest.as_bytes().to_vec()))
            .filter(lives_at(now));
        match touch {
            Touch::Extended(expires_at) => {
                let update = update.col_expr(Column::ExpiresAt, Expr::value(expires_at));
                Ok(write(&self.database, seen, update).await?)
            }
            Touch::Seen => {
                if let Ok(turn) = self.background.clone().try_acquire_owned() {
                    let update = update.filter(Column::LastSeenAt.lte(now - AuthSession::LAST_SEEN_STEP));
                    let database = self.database.clone();
                    self.runtime.spawn(async move {
                        if let Err(error) = write(&database, seen, update).await {
                            log::warn!("that session {id} was seen could not be recorded for now: {error}");
                        }
                        drop(turn);
                    });
                }
                Ok(true)
            }
        }
    }
}

/// Updates the user and the session. Returns `false`, and changes nothing, if there is no session to update.
async fn write(
    database: &Database,
    user: UpdateMany<user::Entity>,
    session: UpdateMany<Entity>,
) -> Result<bool, DbErr> {
    let transaction = database.begin().await?;
    user.exec(&transaction.inner).await?;
    let updated = session.exec(&transaction.inner).await?.rows_affected > 0;
    if updated {
        transaction.commit().await?;
    }
    Ok(updated)
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
    async fn insert_session(database: &Database, number: u128) -> AuthSession {
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
            last_seen_at: None,
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
        let session = session.into_active_model().reset_all().insert(writer).await.unwrap();
        session.try_into().unwrap()
    }

    async fn last_seen_at(database: &Database, session: &AuthSession) -> DateTime<Utc> {
        let row = Entity::find_by_id(session.id().as_uuid()).one(database.reader()).await;
        row.unwrap().unwrap().last_seen_at
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn while_the_database_is_busy_one_waits_and_the_others_are_left_out(kind: DatabaseKind) {
        let database = TestDatabase::migrated(kind).await;
        let toucher = SeaOrmSessionToucher::new(&database);
        let [one, other] = [insert_session(&database, 1).await, insert_session(&database, 2).await];
        let now = DateTime::UNIX_EPOCH + AuthSession::LAST_SEEN_STEP;

        let busy = database.begin().await.unwrap();
        let lock = Entity::update_many().col_expr(Column::Address, Expr::value("192.0.2.1"));
        lock.exec(&busy.inner).await.unwrap();
        let start = Instant::now();
        assert!(toucher.touch(&one, Touch::Seen, now).await.unwrap());
        assert!(toucher.touch(&other, Touch::Seen, now).await.unwrap());
        assert!(start.elapsed() < Duration::from_millis(100), "{:?}", start.elapsed());
        busy.commit().await.unwrap();

        while last_seen_at(&database, &one).await != now {
            assert!(start.elapsed() < Duration::from_secs(5), "it is not recorded");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let _turn = toucher.background.acquire().await.unwrap();
        assert_eq!(last_seen_at(&database, &other).await, DateTime::UNIX_EPOCH);
    }
}
