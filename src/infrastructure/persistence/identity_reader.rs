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
    mapping::{USER_VIEW_COLUMNS, UserViewRow, client_details, generation},
};
use crate::{
    application::{
        ports::{Credentials, Identity, IdentityReader, StorageError},
        views::UserView,
    },
    domain::{
        secret::SecretDigest,
        session::{AuthSession, AuthSessionState},
        user::{PasswordHash, Username},
    },
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
    session_id: Uuid,
    session_created_at: DateTime<Utc>,
    session_expires_at: DateTime<Utc>,
    session_last_seen_at: DateTime<Utc>,
    session_address: Option<String>,
    session_user_agent: Option<String>,
    #[sea_orm(nested)]
    user: UserViewRow,
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
        .select_only()
        .column_as(auth_session::Column::Id, "session_id")
        .column_as(auth_session::Column::CreatedAt, "session_created_at")
        .column_as(auth_session::Column::ExpiresAt, "session_expires_at")
        .column_as(auth_session::Column::LastSeenAt, "session_last_seen_at")
        .column_as(auth_session::Column::Address, "session_address")
        .column_as(auth_session::Column::UserAgent, "session_user_agent")
        .columns(USER_VIEW_COLUMNS)
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
                password_hash: PasswordHash::new(password_hash),
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
            let user = UserView::from(row.user);
            Ok(Identity {
                session: AuthSession::restore(AuthSessionState {
                    id: row.session_id.into(),
                    user_id: user.id,
                    secret_digest: *secret,
                    created_at: row.session_created_at,
                    last_seen_at: row.session_last_seen_at,
                    expires_at: row.session_expires_at,
                    client: client_details(row.session_address, row.session_user_agent)?,
                }),
                user,
            })
        })
        .transpose()
    }
}
