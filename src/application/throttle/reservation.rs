use super::subject::Counting;
use crate::domain::throttle::{ThrottleKey, ThrottleRule};

/// An allowed attempt whose outcome is not known yet.
#[derive(Debug, Default)]
pub struct Reservation {
    pub(super) counts: Vec<Count>,
}

/// One of the buckets in which the attempt counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub key: ThrottleKey,
    pub rule: ThrottleRule,
    pub counting: Counting,
    /// Whether this is the last attempt that the rule allows.
    pub is_last: bool,
}

impl Reservation {
    /// Returns whether a failure of this attempt rules out another until a failure expires.
    pub fn is_last(&self) -> bool {
        self.counts.iter().any(|count| count.is_last)
    }

    /// Returns the counts that are made in one of these ways.
    pub(super) fn counted(&self, ways: &[Counting]) -> Vec<Count> {
        let counts = self.counts.iter().copied();
        counts.filter(|count| ways.contains(&count.counting)).collect()
    }
}
