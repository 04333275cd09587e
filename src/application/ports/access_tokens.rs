use std::{error::Error as StdError, fmt};

use chrono::{DateTime, Utc};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::domain::session::SessionSecret;

/// Makes the tokens that identify a client's session, and reads them back.
pub trait AccessTokens: Send + Sync {
    /// The token that carries `secret` from `issued_at` until `expires_at`.
    ///
    /// # Errors
    /// [`IssueError`] if it could not be signed.
    fn issue(
        &self,
        secret: &SessionSecret,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<AccessToken, IssueError>;

    /// What `token` carries, expired or not, or nothing if it was not issued by us, or not under the present configuration.
    /// Whether the secret opens a session only storage can tell.
    fn verify(&self, token: &AccessToken) -> Option<VerifiedToken>;
}

/// What a token carries that we issued.
#[derive(Clone, Debug)]
pub struct VerifiedToken {
    /// What may open a session.
    pub secret: SessionSecret,
    /// From when on the token is refused, in whole seconds.
    pub expires_at: DateTime<Utc>,
}

/// A token as the client keeps it. Whoever holds it is logged in: never shown by `Debug`, wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// Takes what was just signed or what a client brought.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The token itself, for the client and for the one who verifies it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken([redacted])")
    }
}

/// A token could not be signed.
#[derive(Debug, Error)]
#[error("an access token could not be signed")]
pub struct IssueError(#[source] pub Box<dyn StdError + Send + Sync>);
