//! Conversions between rows and the types of the inner layers.

use std::net::{AddrParseError, IpAddr};

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, FromQueryResult, IntoActiveModel, QuerySelect, Select};
use uuid::Uuid;

use super::entities::{audit_event, auth_session, one_time_link, throttle_bucket, user};
use crate::{
    application::{
        audit_trail::{AuditAction, AuditActor, AuditActorKind, AuditEvent, OperatorName, Provenance, RefusalReason},
        ports::StorageError,
        views::{UserDetails, UserView},
    },
    domain::{
        link::{LinkKind, OneTimeLink, OneTimeLinkState},
        secret::SecretDigest,
        session::{AuthSession, AuthSessionState, ClientDetails, UserAgent},
        throttle::{ThrottleBucket, ThrottleBucketState, ThrottleKey},
        user::{PasswordHash, User, UserId, UserState, Username},
    },
};

/// Selects only the columns of a [`UserViewRow`].
pub(super) fn select_user_view(users: Select<user::Entity>) -> Select<user::Entity> {
    let columns = [
        user::Column::Id,
        user::Column::Username,
        user::Column::Role,
        user::Column::IsActive,
        user::Column::CreatedAt,
        user::Column::UpdatedAt,
    ];
    users
        .select_only()
        .columns(columns)
        .column_as(user::Column::is_invited(), "is_invited")
}

/// A row of [`select_user_view`].
#[derive(FromQueryResult)]
pub(super) struct UserViewRow {
    id: Uuid,
    username: String,
    role: user::RoleRank,
    is_active: bool,
    is_invited: bool,
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
            is_invited: row.is_invited,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Selects only the columns of a [`UserDetailsRow`].
pub(super) fn select_user_details(users: Select<user::Entity>) -> Select<user::Entity> {
    select_user_view(users).column(user::Column::LastSeenAt)
}

/// A row of [`select_user_details`].
#[derive(FromQueryResult)]
pub(super) struct UserDetailsRow {
    #[sea_orm(nested)]
    user: UserViewRow,
    last_seen_at: Option<DateTime<Utc>>,
}

impl From<UserDetailsRow> for UserDetails {
    fn from(row: UserDetailsRow) -> Self {
        Self {
            user: row.user.into(),
            last_seen_at: row.last_seen_at,
        }
    }
}

impl TryFrom<user::Model> for User {
    type Error = StorageError;

    /// Fails if the stored username or generation is invalid.
    fn try_from(row: user::Model) -> Result<Self, Self::Error> {
        let username = Username::new(row.username).map_err(|error| StorageError::Failed(error.into()))?;
        let credentials_generation = generation(row.credentials_generation)?;
        Ok(User::restore(UserState {
            id: row.id.into(),
            username,
            password_hash: stored_hash(row.password_hash),
            credentials_generation,
            role: row.role.into(),
            is_active: row.is_active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }))
    }
}

/// Converts the hash of a user's password, which is empty if there is none.
pub(super) fn stored_hash(column: String) -> Option<PasswordHash> {
    (!column.is_empty()).then(|| PasswordHash::new(column))
}

/// Converts the generation of a user's credentials.
pub(super) fn generation(column: i64) -> Result<u32, StorageError> {
    u32::try_from(column).map_err(|error| StorageError::Failed(error.into()))
}

/// Returns the row of a user, with all columns to be written but `last_seen_at`, which only sessions change.
pub(super) fn user_row(user: &User) -> user::ActiveModel {
    let state = user.state();
    let row = user::Model {
        id: state.id.as_uuid(),
        username: state.username.as_str().to_owned(),
        username_key: state.username.key().to_owned(),
        password_hash: state
            .password_hash
            .as_ref()
            .map_or_else(String::new, |hash| hash.expose().to_owned()),
        credentials_generation: state.credentials_generation.into(),
        role: state.role.into(),
        is_active: state.is_active,
        created_at: state.created_at,
        updated_at: state.updated_at,
        last_seen_at: None,
    };
    user::ActiveModel {
        last_seen_at: NotSet,
        ..row.into_active_model().reset_all()
    }
}

impl TryFrom<auth_session::Model> for AuthSession {
    type Error = StorageError;

    /// Fails if the stored digest or address is invalid.
    fn try_from(row: auth_session::Model) -> Result<Self, Self::Error> {
        Ok(AuthSession::restore(AuthSessionState {
            id: row.id.into(),
            user_id: row.user_id.into(),
            secret_digest: digest(row.secret_digest)?,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            client: ClientDetails {
                address: parsed(row.address)?,
                user_agent: row.user_agent.as_deref().and_then(UserAgent::new),
            },
        }))
    }
}

fn digest(column: Vec<u8>) -> Result<SecretDigest, StorageError> {
    let digest = <[u8; 32]>::try_from(column);
    let digest = digest.map_err(|_| StorageError::Failed("a stored digest has not 32 bytes".into()))?;
    Ok(SecretDigest::new(digest))
}

fn parsed(address: Option<String>) -> Result<Option<IpAddr>, StorageError> {
    let address = address.map(|address| address.parse()).transpose();
    address.map_err(|error: AddrParseError| StorageError::Failed(error.into()))
}

/// Returns the row of a session, with all columns to be written.
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

impl TryFrom<one_time_link::Model> for OneTimeLink {
    type Error = StorageError;

    /// Fails if the stored digest or kind is invalid.
    fn try_from(row: one_time_link::Model) -> Result<Self, Self::Error> {
        let kind = LinkKind::named(&row.kind);
        Ok(OneTimeLink::restore(OneTimeLinkState {
            user_id: row.user_id.into(),
            secret_digest: digest(row.secret_digest)?,
            kind: kind.ok_or_else(|| StorageError::Failed("a stored link has an unknown kind".into()))?,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }))
    }
}

/// Returns the row of a one-time link, with all columns to be written.
pub(super) fn one_time_link_row(link: &OneTimeLink) -> one_time_link::ActiveModel {
    let state = link.state();
    one_time_link::Model {
        user_id: state.user_id.as_uuid(),
        secret_digest: state.secret_digest.as_bytes().to_vec(),
        kind: state.kind.as_str().to_owned(),
        created_at: state.created_at,
        expires_at: state.expires_at,
    }
    .into_active_model()
    .reset_all()
}

impl TryFrom<throttle_bucket::Model> for ThrottleBucket {
    type Error = StorageError;

    /// Fails if the stored key or count is invalid.
    fn try_from(row: throttle_bucket::Model) -> Result<Self, Self::Error> {
        let key = <[u8; 32]>::try_from(row.key)
            .map_err(|_| StorageError::Failed("a stored throttle key has not 32 bytes".into()))?;
        Ok(ThrottleBucket::restore(ThrottleBucketState {
            key: ThrottleKey::new(key),
            failures: u32::try_from(row.failures).map_err(|error| StorageError::Failed(error.into()))?,
            last_at: row.last_at,
            expires_at: row.expires_at,
        }))
    }
}

/// Returns the row of a bucket, with all columns to be written.
pub(super) fn throttle_bucket_row(bucket: &ThrottleBucket) -> throttle_bucket::ActiveModel {
    let state = bucket.state();
    throttle_bucket::Model {
        key: state.key.as_bytes().to_vec(),
        failures: state.failures.into(),
        last_at: state.last_at,
        expires_at: state.expires_at,
    }
    .into_active_model()
    .reset_all()
}

impl TryFrom<audit_event::Model> for AuditEvent {
    type Error = StorageError;

    /// Fails if this program does not know a stored name.
    fn try_from(row: audit_event::Model) -> Result<Self, Self::Error> {
        let unknown = |what: &str| StorageError::Failed(format!("a stored audit event has an unknown {what}").into());
        let refusal = |name: &str| RefusalReason::named(name).ok_or_else(|| unknown("refusal"));
        Ok(Self {
            id: row.id.into(),
            occurred_at: row.occurred_at,
            actor: actor(&row).ok_or_else(|| unknown("actor"))?,
            action: AuditAction::named(&row.action).ok_or_else(|| unknown("action"))?,
            target_id: row.target_id.map(UserId::from),
            refusal: row.refusal.as_deref().map(refusal).transpose()?,
            count: u32::try_from(row.count).map_err(|_| unknown("count"))?,
            provenance: Provenance {
                address: parsed(row.address)?,
                request_id: row.request_id.map(Into::into),
            },
        })
    }
}

/// Converts the actor of an event, if this program knows it.
fn actor(row: &audit_event::Model) -> Option<AuditActor> {
    Some(match AuditActorKind::named(&row.actor_kind)? {
        AuditActorKind::User => AuditActor::User {
            id: row.actor_id?.into(),
            session_id: row.session_id.map(Into::into),
        },
        AuditActorKind::Operator => AuditActor::Operator {
            name: row.operator_name.as_deref().and_then(OperatorName::new),
        },
        AuditActorKind::Anonymous => AuditActor::Anonymous,
        AuditActorKind::Several => AuditActor::Several,
    })
}

/// Returns the row of an event, with all columns to be written.
pub(super) fn audit_event_row(event: &AuditEvent) -> audit_event::ActiveModel {
    audit_event::Model {
        id: event.id.as_uuid(),
        occurred_at: event.occurred_at,
        actor_kind: event.actor.kind().name().to_owned(),
        actor_id: event.actor.user_id().map(|id| id.as_uuid()),
        action: event.action.name().to_owned(),
        target_id: event.target_id.map(|id| id.as_uuid()),
        refusal: event.refusal.map(|reason| reason.name().to_owned()),
        count: event.count.into(),
        address: event.provenance.address.map(|address| address.to_string()),
        request_id: event.provenance.request_id.as_deref().map(str::to_owned),
        session_id: event.actor.session_id().map(|id| id.as_uuid()),
        operator_name: event.actor.operator_name().map(|name| name.as_str().to_owned()),
    }
    .into_active_model()
    .reset_all()
}
