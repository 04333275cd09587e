use chrono::{DateTime, Utc};

use super::IssueError;
use crate::domain::{redacted::define_redacted, user::UserId};

/// Issues and verifies the tokens that identify known devices.
///
/// Such a token grants no access. It proves that its user has logged in on the device, whose failed attempts are
/// counted separately (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
pub trait DeviceTokens: Send + Sync {
    /// Returns a token that identifies `device` from `issued_at` until `expires_at`.
    fn issue(
        &self,
        device: &KnownDevice,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<DeviceToken, IssueError>;

    /// Returns the device that `token` identifies, if it was issued by us and has not expired at `now`.
    fn verify(&self, token: &DeviceToken, now: DateTime<Utc>) -> Option<KnownDevice>;
}

/// A device on which a user has logged in, such as a browser profile. Devices of one user are not told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    /// The user.
    pub user_id: UserId,
    /// The generation of the user's credentials at that log-in. Once it is outdated, the device is unknown.
    pub generation: u32,
}

define_redacted! {
    /// A signed token, which allows a few more guesses.
    DeviceToken
}
