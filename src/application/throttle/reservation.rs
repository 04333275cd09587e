use super::subject::Settlement;
use crate::domain::throttle::{ThrottleKey, ThrottleRule};

/// An attempt that was counted before its outcome is known.
#[derive(Debug, Default)]
pub struct Reservation {
    pub(super) counts: Vec<Count>,
}

/// One of the buckets in which the attempt was counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub key: ThrottleKey,
    pub rule: ThrottleRule,
    pub on_success: Settlement,
    /// Whether it was the last attempt that the rule allows.
    pub is_last: bool,
}

impl Reservation {
    /// Returns whether no further attempt is allowed, should this one fail, until a failure is forgotten.
    pub fn is_last(&self) -> bool {
        self.counts.iter().any(|count| count.is_last)
    }

    pub(super) fn keys(&self) -> Vec<ThrottleKey> {
        self.counts.iter().map(|count| count.key).collect()
    }
}
