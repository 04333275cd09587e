use chrono::{DateTime, Utc};

use crate::domain::{secret::SecretDigest, session::AuthSessionId};

/// How an actor proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// By the token of a session.
    Session {
        /// The id of the session.
        id: AuthSessionId,
        /// When the session expires unless it is used again.
        expires_at: DateTime<Utc>,
        /// The digest of the secret that opened the session.
        digest: SecretDigest,
    },
}
