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
        Self {
            database: database.clone(),
            identity_sql: identity_sql(database.reader().get_database_backend()),
        }
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
        let query = Statement::from_sql_and_values(reader.get_database_backend(), &self.identity_sql, [digest.into()]);
        let row = IdentityRow::find_by_statement(query).one(reader).await?;
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
