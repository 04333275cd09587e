use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Reservation, reservation::Count, subject::Counting};
use crate::domain::throttle::ThrottleKey;

/// Attempts that were dropped before their outcome was known, and are not counted yet.
///
/// If a client disconnects, its request cannot count the attempt any more. So the next attempt does.
#[derive(Debug, Default)]
pub struct AbandonedAttempts(Mutex<HashMap<ThrottleKey, Abandoned>>);

/// The number of abandoned attempts that count in one bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Abandoned {
    pub count: Count,
    pub times: u32,
}

/// An attempt in flight, abandoned if it is dropped before it is [settled](Self::settle).
pub(super) struct OpenAttempt<'a> {
    attempts: &'a AbandonedAttempts,
    counts: Vec<Count>,
}

impl AbandonedAttempts {
    /// Begins an attempt.
    pub(super) fn begin(&self, reservation: &Reservation) -> OpenAttempt<'_> {
        OpenAttempt {
            attempts: self,
            counts: reservation.counted(&[Counting::OnceFailed]),
        }
    }

    /// Removes and returns all abandoned attempts.
    pub(super) fn take(&self) -> HashMap<ThrottleKey, Abandoned> {
        mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ThrottleKey, Abandoned>> {
        // The counts stay valid if another thread panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenAttempt<'_> {
    /// Marks the outcome of the attempt as known.
    pub(super) fn settle(mut self) {
        self.counts.clear();
    }
}

impl Drop for OpenAttempt<'_> {
    fn drop(&mut self) {
        if self.counts.is_empty() {
            return;
        }
        let mut attempts = self.attempts.lock();
        for count in mem::take(&mut self.counts) {
            let abandoned = attempts.entry(count.key).or_insert(Abandoned { count, times: 0 });
            abandoned.times = abandoned.times.saturating_add(1);
        }
    }
}
