use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Identifies a user permanently; a UUID of version 7 (RFC 9562), so ids sort by creation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Uuid);

impl UserId {
    /// Makes the id of a user who is created at `now`, unique by the ten `random` bytes.
    pub fn new(now: DateTime<Utc>, random: [u8; 10]) -> Self {
        Self(crate::domain::uuid_v7(now, random))
    }

    /// The id as a plain UUID, as storage and clients see it.
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for UserId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
