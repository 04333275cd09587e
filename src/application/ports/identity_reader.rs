use async_trait::async_trait;

use super::StorageError;
use crate::{
    application::views::UserView,
    domain::{
        secret::SecretDigest,
        session::AuthSession,
        user::{PasswordHash, UserId, Username},
    },
};

/// Reads what identifies a caller, outside any transaction and without a lock.
///
/// A use case checks it again on the locked row before it changes anything.
#[async_trait]
pub trait IdentityReader: Send + Sync {
    /// Returns the credentials of a user, active or not.
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, StorageError>;

    /// Returns the session that the secret opens, expired or not, and its user, if active. Costs one query.
    async fn find_identity(&self, secret: &SecretDigest) -> Result<Option<Identity>, StorageError>;
}

/// What a log-in must match.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user.
    pub user_id: UserId,
    /// The hash of the password. An invited user has none yet.
    pub password_hash: Option<PasswordHash>,
    /// The current generation of the user's credentials.
    pub generation: u32,
    /// Whether the user may log in.
    pub is_active: bool,
}

/// A session and its active user.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The session.
    pub session: AuthSession,
    /// The user.
    pub user: UserView,
}
