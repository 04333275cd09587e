use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Names an event of the audit trail. Ids sort by the time at which they were made, to the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditEventId(Uuid);

impl AuditEventId {
    /// Makes the id of an event that happens at `now`, unique by the ten `random` bytes.
    pub fn new(now: DateTime<Utc>, random: [u8; 10]) -> Self {
        Self(crate::domain::uuid_v7(now, random))
    }

    /// An id before those of all events from `time` on, and behind those of all before.
    pub fn first_at(time: DateTime<Utc>) -> Self {
        Self::new(time, [0; 10])
    }

    /// The id as a plain UUID, as storage and clients see it.
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for AuditEventId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for AuditEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn ids_sort_by_time_to_the_millisecond() {
        let time = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let before = AuditEventId::new(time - TimeDelta::milliseconds(1), [u8::MAX; 10]);
        let after = AuditEventId::new(time, [1; 10]);
        assert!(before < AuditEventId::first_at(time) && AuditEventId::first_at(time) < after);
    }
}
