use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationTrait, Statement, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    Database,
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
    /// The query for an identity, which every request runs. Building it takes longer than sending it.
    identity_sql: String,
    /// PostgreSQL: the query for whether an empty result of the other one may be wrong.
    doubt_sql: Option<String>,
}

#[derive(FromQueryResult)]
struct IdentityRow {
    #[sea_orm(nested)]
    session: auth_session::Model,
    username: String,
    role: user::RoleRank,
    is_active: bool,
    is_invited: bool,
    user_created_at: DateTime<Utc>,
    user_updated_at: DateTime<Utc>,
}

impl SeaOrmIdentityReader {
    /// Reads the users and sessions of `database`.
    pub fn new(database: &Database) -> Self {
        let identity_sql = identity_sql(database.reader().get_database_backend());
        let doubt_sql = format!("SELECT pg_is_in_recovery() OR EXISTS ({identity_sql})");
        Self {
            database: database.clone(),
            identity_sql,
            doubt_sql: database.is_postgres().then_some(doubt_sql),
        }
    }

    /// Fails unless the primary says that there is no such session.
    ///
    /// After a failover a connection may lead to a former primary, which lacks what was committed since. A client whose
    /// session is only missing there must not lose its cookie.
    async fn confirm_absence(&self, digest: Vec<u8>) -> Result<(), StorageError> {
        let Some(doubt_sql) = &self.doubt_sql else {
            return Ok(());
        };
        let query = Statement::from_sql_and_values(DbBackend::Postgres, doubt_sql, [digest.into()]);
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
        let reader = self.database.reader();
        let digest = secret.as_bytes().to_vec();
        let values = [digest.clone().into()];
        let query = Statement::from_sql_and_values(reader.get_database_backend(), &self.identity_sql, values);
        let row = IdentityRow::find_by_statement(query).one(reader).await?;
        if row.is_none() {
            self.confirm_absence(digest).await?;
        }
        row.map(|row| {
            let session = AuthSession::try_from(row.session)?;
            let user = UserView {
                id: session.state().user_id,
                username: row.username,
                role: row.role.into(),
                is_active: row.is_active,
                is_invited: row.is_invited,
                created_at: row.user_created_at,
                updated_at: row.user_updated_at,
            };
            Ok(Identity { session, user })
        })
        .transpose()
    }
}

#[cfg(test)]
mod tests {
    use test_database::{PostgresDatabase, apply, needs_postgres};
    use url::Url;

    use super::*;
    use crate::infrastructure::persistence::DatabaseOptions;

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
