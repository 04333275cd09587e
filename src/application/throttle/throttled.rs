use chrono::TimeDelta;
use thiserror::Error;

/// The attempt comes too soon after others.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("Too many attempts. Try again in {} s.", self.seconds())]
pub struct Throttled {
    /// The time until the next attempt is allowed.
    pub retry_after: TimeDelta,
}

impl Throttled {
    /// Returns the waiting time in whole seconds, at least 1.
    pub fn seconds(&self) -> u64 {
        let milliseconds = u64::try_from(self.retry_after.num_milliseconds()).unwrap_or_default();
        milliseconds.div_ceil(1000).max(1)
    }
}
