use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Names a session to its user and in logs. It opens nothing: only the [secret](super::SessionSecret) does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthSessionId(Uuid);

impl AuthSessionId {
    /// Makes the id of a session that begins at `now`, unique by the ten `random` bytes.
    pub fn new(now: DateTime<Utc>, random: [u8; 10]) -> Self {
        Self(crate::domain::uuid_v7(now, random))
    }

    /// The id as a plain UUID, as storage and clients see it.
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for AuthSessionId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for AuthSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
