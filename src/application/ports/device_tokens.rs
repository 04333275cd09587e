use std::fmt;

use chrono::{DateTime, Utc};

use super::IssueError;
use crate::domain::user::UserId;

/// Makes the tokens by which devices are known again, and reads them back.
///
/// Such a token lets nobody in. It only tells that its user has logged in on the device, where failed attempts are counted by
/// themselves (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
pub trait DeviceTokens: Send + Sync {
    /// The token that names `device` from `issued_at` until `expires_at`.
    ///
    /// # Errors
    /// [`IssueError`] if it could not be signed.
    fn issue(
        &self,
        device: &KnownDevice,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<DeviceToken, IssueError>;

    /// The device that `token` names, or nothing if it was not issued by us, or has expired at `now`.
    fn verify(&self, token: &DeviceToken, now: DateTime<Utc>) -> Option<KnownDevice>;
}

/// A device on which a user has logged in: a browser profile, a phone, a script. Devices of one user are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    /// The user.
    pub user_id: UserId,
    /// The generation of the user's credentials at that log-in. The device is known while it is the current one.
    pub generation: u32,
}

/// A token as the device keeps it. It is worth a few more guesses: never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken(String);

impl DeviceToken {
    /// Takes what was just signed or what a client brought.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token itself, for the device and for the one who verifies it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceToken([redacted])")
    }
}
