use std::error::Error as StdError;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::domain::{redacted::define_redacted, secret::Secret};

/// Issues and verifies the tokens that carry the secret of a session.
pub trait AccessTokens: Send + Sync {
    /// Returns a token that carries `secret` from `issued_at` until `expires_at`.
    fn issue(
        &self,
        secret: &Secret,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<AccessToken, IssueError>;

    /// Returns the content of `token`, expired or not, if it was issued by us under the current configuration.
    ///
    /// Only storage knows whether the secret opens a session.
    fn verify(&self, token: &AccessToken) -> Option<VerifiedToken>;
}

/// The content of a token that we issued.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    /// The secret of a session.
    pub secret: Secret,
    /// When the token expires, in whole seconds.
    pub expires_at: DateTime<Utc>,
}

define_redacted! {
    /// A signed token, which logs its holder in.
    AccessToken
}

/// Signing a token failed.
#[derive(Debug, Error)]
#[error("an access token could not be signed")]
pub struct IssueError(#[source] pub Box<dyn StdError + Send + Sync>);
