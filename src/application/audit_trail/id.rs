use chrono::{DateTime, Utc};

use crate::domain::id::define_id;

define_id! {
    /// Identifies an event of the audit trail.
    AuditEventId
}

impl AuditEventId {
    /// Returns an id before those of all events from `time` on, and after those of all earlier ones.
    pub fn first_at(time: DateTime<Utc>) -> Self {
        Self::new(time, [0; 10])
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
