//! Between rows and what the inner layers know of them.

use std::net::AddrParseError;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, FromQueryResult, IntoActiveModel};
use uuid::Uuid;

use super::entities::{auth_session, user};
use crate::{
    application::{UserView, ports::StorageError},
    domain::{
        session::{AuthSession, AuthSessionState, ClientDetails, SessionSecretDigest, UserAgent},
        user::{PasswordHash, User, UserState, Username},
    },
};

/// The columns of `users` that a [`UserView`] shows.
pub(super) const USER_VIEW_COLUMNS: [user::Column; 6] = [
    user::Column::Id,
    user::Column::Username,
    user::Column::Role,
    user::Column::IsActive,
    user::Column::CreatedAt,
    user::Column::UpdatedAt,
];

/// A row of [`USER_VIEW_COLUMNS`].
#[derive(FromQueryResult)]
pub(super) struct UserViewRow {
    id: Uuid,
    username: String,
    role: user::RoleRank,
    is_active: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<UserViewRow> for UserView {
    fn from(row: UserViewRow) -> Self {
        Self {
            id: row.id.into(),
            username: row.username,
            role: row.role.into(),
            is_active: row.is_active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl TryFrom<user::Model> for User {
    type Error = StorageError;

    /// Fails if the stored username breaks a rule, which no user of ours can.
    fn try_from(row: user::Model) -> Result<Self, Self::Error> {
        let username = Username::new(row.username).map_err(|error| StorageError::Failed(error.into()))?;
        Ok(User::restore(UserState {
            id: row.id.into(),
            username,
            password_hash: PasswordHash::new(row.password_hash),
            role: row.role.into(),
            is_active: row.is_active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }))
    }
}

/// The row of a user, all columns to be written.
pub(super) fn user_row(user: &User) -> user::ActiveModel {
    let state = user.state();
    user::Model {
        id: state.id.as_uuid(),
        username: state.username.as_str().to_owned(),
        username_key: state.username.key().to_owned(),
        password_hash: state.password_hash.expose().to_owned(),
        role: state.role.into(),
        is_active: state.is_active,
        created_at: state.created_at,
        updated_at: state.updated_at,
    }
    .into_active_model()
    .reset_all()
}

impl TryFrom<auth_session::Model> for AuthSession {
    type Error = StorageError;

    /// Fails if the stored digest or address is none.
    fn try_from(row: auth_session::Model) -> Result<Self, Self::Error> {
        let digest = <[u8; 32]>::try_from(row.secret_digest)
            .map_err(|_| StorageError::Failed("a stored session digest has not 32 bytes".into()))?;
        Ok(AuthSession::restore(AuthSessionState {
            id: row.id.into(),
            user_id: row.user_id.into(),
            secret_digest: SessionSecretDigest::new(digest),
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            client: client_details(row.address, row.user_agent)?,
        }))
    }
}

/// The client of a session, of its columns.
pub(super) fn client_details(
    address: Option<String>,
    user_agent: Option<String>,
) -> Result<ClientDetails, StorageError> {
    let address = address.map(|address| address.parse()).transpose();
    Ok(ClientDetails {
        address: address.map_err(|error: AddrParseError| StorageError::Failed(error.into()))?,
        user_agent: user_agent.and_then(|user_agent| UserAgent::new(&user_agent)),
    })
}

/// The row of a session, all columns to be written.
pub(super) fn session_row(session: &AuthSession) -> auth_session::ActiveModel {
    let state = session.state();
    auth_session::Model {
        id: state.id.as_uuid(),
        user_id: state.user_id.as_uuid(),
        secret_digest: state.secret_digest.as_bytes().to_vec(),
        created_at: state.created_at,
        expires_at: state.expires_at,
        last_seen_at: state.last_seen_at,
        address: state.client.address.map(|address| address.to_string()),
        user_agent: state
            .client
            .user_agent
            .as_ref()
            .map(|user_agent| user_agent.as_str().to_owned()),
    }
    .into_active_model()
    .reset_all()
}
