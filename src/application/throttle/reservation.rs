use crate::domain::throttle::{ThrottleKey, ThrottleRule};

/// An attempt that was counted before it is known what becomes of it.
#[derive(Debug, Default)]
pub struct Reservation {
    pub(super) counts: Vec<Count>,
}

/// One of the buckets in which the attempt was counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub key: ThrottleKey,
    pub rule: ThrottleRule,
    pub is_forgotten_by_success: bool,
}

impl Reservation {
    pub(super) fn keys(&self) -> Vec<ThrottleKey> {
        self.counts.iter().map(|count| count.key).collect()
    }
}
