use chrono::{DateTime, Utc};

use super::IssueError;
use crate::domain::{redacted::define_redacted, secret::SecretDigest};

/// Issues and verifies passes, the tokens that identify a caller to the services behind the gate.
///
/// A pass names a session by the digest of its secret. It does not contain the secret, so it cannot be used in place of
/// an access token.
pub trait PassTokens: Send + Sync {
    /// Returns a pass of the session with this secret, valid from `issued_at` until `expires_at`.
    fn issue(
        &self,
        secret: &SecretDigest,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<PassToken, IssueError>;

    /// Returns the digest that `token` names, if it was issued by us and has not expired at `now`.
    ///
    /// Only storage knows whether the session is live.
    fn verify(&self, token: &PassToken, now: DateTime<Utc>) -> Option<SecretDigest>;
}

define_redacted! {
    /// A signed token, which identifies its holder to guarded services.
    PassToken
}
