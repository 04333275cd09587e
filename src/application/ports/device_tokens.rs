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

/// A device on which a user has logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    /// The device.
    pub id: DeviceId,
    /// The user.
    pub user_id: UserId,
}

/// Names a device: a browser profile, a phone, a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceId([u8; Self::LENGTH]);

/// A token as the device keeps it. It is worth a few more guesses: never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken(String);

impl DeviceId {
    /// Length of the id, in bytes.
    pub const LENGTH: usize = 16;

    /// Takes fresh random bytes, or those that a token brought back.
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The id, for the token that carries it.
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

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
