use async_trait::async_trait;

use super::StorageError;
use crate::{
    application::views::UserView,
    domain::{
        session::{AuthSession, SessionSecretDigest},
        user::{PasswordHash, UserId, Username},
    },
};

/// Reads what tells who somebody is, outside any transaction and without a lock: it is judged again, on the locked row,
/// before anything is changed on its strength.
#[async_trait]
pub trait IdentityReader: Send + Sync {
    /// What a log-in as `username` must match, whether the user is active or not.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, StorageError>;

    /// The session that the secret opens, whether it lives or not, with its user, if that user is active. One query.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    async fn find_identity(&self, secret: &SessionSecretDigest) -> Result<Option<Identity>, StorageError>;
}

/// What a log-in must match.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose they are.
    pub user_id: UserId,
    /// What is stored of the password.
    pub password_hash: PasswordHash,
    /// Which generation of the user's credentials is in force.
    pub generation: u32,
    /// Whether the user may log in.
    pub is_active: bool,
}

/// A session and the active user who is logged in by it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The session.
    pub session: AuthSession,
    /// Its user.
    pub user: UserView,
}
