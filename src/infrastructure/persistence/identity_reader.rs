use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationTrait, RuntimeErr, Statement,
    sea_query::Expr,
    sqlx::{self, AssertSqlSafe, Encode, Executor, FromRow, IntoArguments, Postgres, Sqlite, Type},
};
use uuid::Uuid;

use super::{
    Database,
    database::Relay,
    entities::{auth_session, user},
    mapping::{generation, stored_hash},
};
use crate::{
    application::{
        ports::{Credentials, Identity, IdentityReader, StorageError},
        views::UserView,
    },
    domain::{secret::SecretDigest, session::AuthSession, user::Username},
};

/// Reads what identifies a caller.
#[derive(Debug)]
pub struct SeaOrmIdentityReader {
    database: Database,
    relay: ReaderRelay,
    /// The query for an identity, which every request runs. Building it takes longer than sending it.
    identity_sql: Arc<str>,
    /// PostgreSQL: the query for whether an empty result of the other one may be wrong.
    doubt_sql: Option<String>,
}

#[derive(Debug)]
enum ReaderRelay {
    Postgres(Relay<Postgres>),
    Sqlite(Relay<Sqlite>),
}

/// The columns of [`identity_sql`].
type IdentityRow = (
    Uuid,
    Uuid,
    DateTime<Utc>,
    DateTime<Utc>,
    DateTime<Utc>,
    Option<String>,
    Option<String>,
    String,
    i16,
    bool,
    bool,
    DateTime<Utc>,
    DateTime<Utc>,
);

impl SeaOrmIdentityReader {
    /// Reads the users and sessions of `database`.
    pub fn new(database: &Database) -> Self {
        let identity_sql = identity_sql(database.reader().get_database_backend());
        let doubt_sql = format!("SELECT pg_is_in_recovery() OR EXISTS ({identity_sql})");
        let pool = database.reader().untimed();
        let silence = database.reader().executor().silence();
        let relay = match pool.get_database_backend() {
            DbBackend::Postgres => ReaderRelay::Postgres(Relay::new(pool.get_postgres_connection_pool(), silence)),
            _ => ReaderRelay::Sqlite(Relay::new(pool.get_sqlite_connection_pool(), silence)),
        };
        Self {
            database: database.clone(),
            relay,
            identity_sql: identity_sql.into(),
            doubt_sql: database.is_postgres().then_some(doubt_sql),
        }
    }

    /// Runs the query for an identity.
    ///
    /// It goes past SeaORM, which copies large futures for each query, and finds each column by a name that it builds.
    async fn identity_row(&self, secret: &SecretDigest) -> Result<Option<IdentityRow>, DbErr> {
        let executor = self.database.reader().executor();
        let (sql, secret) = (self.identity_sql.clone(), secret.as_bytes().as_slice());
        match &self.relay {
            ReaderRelay::Postgres(relay) => executor.with_timeout(row(relay, sql, secret)).await,
            ReaderRelay::Sqlite(relay) => executor.with_timeout(row(relay, sql, secret)).await,
        }
    }

    /// Fails unless the primary says that there is no such session.
    ///
    /// After a failover a connection may lead to a former primary, which lacks what was committed since. A client whose
    /// session is only missing there must not lose its cookie.
    async fn confirm_absence(&self, secret: &SecretDigest) -> Result<(), StorageError> {
        let Some(doubt_sql) = &self.doubt_sql else {
            return Ok(());
        };
        let query = Statement::from_sql_and_values(DbBackend::Postgres, doubt_sql, [secret.as_bytes().to_vec().into()]);
        let row = self.database.reader().query_one_raw(query).await?;
        let is_doubtful = row.map_or(Ok(true), |row| row.try_get_by_index(0))?;
        if is_doubtful {
            return Err(StorageError::Unavailable(
                "the database server is not the primary".into(),
            ));
        }
        Ok(())
    }
}

/// Builds the query for an identity, whose one parameter is the digest of the session's secret.
fn identity_sql(backend: DbBackend) -> String {
    let query = auth_session::Entity::find()
        .select_only()
        .column(auth_session::Column::Id)
        .column(auth_session::Column::UserId)
        .column(auth_session::Column::CreatedAt)
        .column(auth_session::Column::ExpiresAt)
        .column(auth_session::Column::LastSeenAt)
        .column(auth_session::Column::Address)
        .column(auth_session::Column::UserAgent)
        .column(user::Column::Username)
        .column(user::Column::Role)
        .column(user::Column::IsActive)
        .column_as(user::Column::is_invited(), "is_invited")
        .column_as(user::Column::CreatedAt, "user_created_at")
        .column_as(user::Column::UpdatedAt, "user_updated_at")
        .join(JoinType::InnerJoin, auth_session::Relation::User.def())
        .filter(auth_session::Column::SecretDigest.eq(Vec::<u8>::new()))
        .filter(Expr::col(user::Column::IsActive));
    query.build(backend).sql
}

/// Runs the query for an identity on a pool of either kind.
///
/// If it meets an idle connection that is broken, the query runs once more on the next one. Without an idle one it runs
/// in the usual way: on a connection that the pool has opened, tested or used a moment ago. That is rare, and prepares
/// a future of 14 kB.
async fn row<D>(relay: &Relay<D>, sql: Arc<str>, secret: &[u8]) -> Result<Option<IdentityRow>, DbErr>
where
    D: sqlx::Database,
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    for<'q> &'q [u8]: Encode<'q, D> + Type<D>,
    for<'r> IdentityRow: FromRow<'r, D::Row>,
{
    let query = || sqlx::query_as(AssertSqlSafe(sql.clone())).bind(secret);
    let failed = |error: sqlx::Error| DbErr::Query(RuntimeErr::SqlxError(error.into()));
    while let Some(mut idle) = relay.lend_idle() {
        match query().fetch_optional(&mut *idle.connection).await {
            Ok(row) => {
                relay.hand_on(idle);
                return Ok(row);
            }
            Err(error) if is_of_connection(&error) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    let lent = relay.lend().await;
    let mut lent = lent.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    let row = query().fetch_optional(&mut *lent.connection).await.map_err(failed)?;
    relay.hand_on(lent);
    Ok(row)
}

/// Returns whether the connection failed, not the query.
///
/// The connection is lost, or PostgreSQL or a pooler in front of it has announced its end (classes 57P and 08).
fn is_of_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            code.starts_with("57P") || code.starts_with("08")
        }
        _ => true,
    }
}

#[async_trait]
impl IdentityReader for SeaOrmIdentityReader {
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, StorageError> {
        let row = user::Entity::find()
            .select_only()
            .columns([
                user::Column::Id,
                user::Column::PasswordHash,
                user::Column::CredentialsGeneration,
                user::Column::IsActive,
            ])
            .filter(user::Column::UsernameKey.eq(username.key()))
            .into_tuple::<(Uuid, String, i64, bool)>()
            .one(self.database.reader())
            .await?;
        row.map(|(user_id, password_hash, column, is_active)| {
            Ok(Credentials {
                user_id: user_id.into(),
                password_hash: stored_hash(password_hash),
                generation: generation(column)?,
                is_active,
            })
        })
        .transpose()
    }

    async fn find_identity(&self, secret: &SecretDigest) -> Result<Option<Identity>, StorageError> {
        let Some(row) = self.identity_row(secret).await? else {
            self.confirm_absence(secret).await?;
            return Ok(None);
        };
        let (id, user_id, created_at, expires_at, last_seen_at, address, user_agent, ..) = row;
        let session = AuthSession::try_from(auth_session::Model {
            id,
            user_id,
            secret_digest: secret.as_bytes().to_vec(),
            created_at,
            expires_at,
            last_seen_at,
            address,
            user_agent,
        })?;
        let (.., username, role, is_active, is_invited, created_at, updated_at) = row;
        let user = UserView {
            id: user_id.into(),
            username,
            role: user::RoleRank::try_from_value(&role)?.into(),
            is_active,
            is_invited,
            created_at,
            updated_at,
        };
        Ok(Some(Identity { session, user }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future;
    use sea_orm::sqlx::sqlite::SqlitePoolOptions;
    use test_database::{DatabaseKind, PostgresDatabase, apply, needs_postgres};
    use url::Url;

    use super::*;
    use crate::infrastructure::persistence::{DatabaseOptions, testing::TestDatabase};

    #[tokio::test]
    async fn a_connection_whose_query_failed_goes_back_to_its_pool_to_be_tested() {
        let database = TestDatabase::empty(DatabaseKind::Sqlite).await;
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:");
        let relay = Relay::new(&pool.await.unwrap(), database.reader().executor().silence());

        let (failed, next) = tokio::join!(row(&relay, "no SQL".into(), &[]), relay.lend());

        assert!(matches!(failed, Err(DbErr::Query(_))));
        assert_eq!(next.unwrap().queries, 0);
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn who_comes_after_the_end_of_all_connections_is_served() {
        let place = PostgresDatabase::migrated();
        let database = Database::connect(&DatabaseOptions::new(place.url())).await.unwrap();
        let reader = SeaOrmIdentityReader::new(&database);
        let secret = SecretDigest::new([0; 32]);
        future::join_all((0..8).map(|_| reader.find_identity(&secret))).await;
        let pool = database.reader().untimed().get_postgres_connection_pool();
        while pool.num_idle() < pool.size() as usize {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }

        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        database.writer().execute_unprepared(end).await.unwrap();

        let found = reader.find_identity(&secret).await;
        assert!(matches!(found, Ok(None)), "{found:?}");
    }

    /// A standby cannot be had in a test of its own, but a database where functions of the test are found first.
    #[apply(needs_postgres)]
    #[tokio::test]
    async fn a_session_that_a_standby_lacks_may_exist() {
        let place = PostgresDatabase::migrated();
        let mut url = Url::parse(&place.url()).unwrap();
        url.query_pairs_mut()
            .append_pair("options", "-c search_path=public,pg_catalog");
        let database = Database::connect(&DatabaseOptions::new(url)).await.unwrap();
        let reader = SeaOrmIdentityReader::new(&database);
        let secret = SecretDigest::new([0; 32]);
        assert!(matches!(reader.find_identity(&secret).await, Ok(None)));

        let standby = "CREATE FUNCTION public.pg_is_in_recovery() RETURNS bool LANGUAGE sql RETURN true";
        database.writer().execute_unprepared(standby).await.unwrap();
        // A connection keeps the plan that it has made.
        database.reader().execute_unprepared("DISCARD PLANS").await.unwrap();
        let doubt = reader.find_identity(&secret).await;
        assert!(matches!(doubt, Err(StorageError::Unavailable(_))), "{doubt:?}");
    }
}
