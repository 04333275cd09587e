use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Reservation, reservation::Count, subject::Counting};
use crate::domain::throttle::ThrottleKey;

/// Attempts whose callers stopped waiting before the outcome was known, where they do not count yet.
///
/// A client that hangs up leaves nobody who could count its attempt. So the next attempt does.
#[derive(Debug, Default)]
pub struct AbandonedAttempts(Mutex<HashMap<ThrottleKey, Abandoned>>);

/// How often attempts that count in one bucket were abandoned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Abandoned {
    pub count: Count,
    pub times: u32,
}

/// An attempt in flight, which is abandoned when it is dropped without being [settled](Self::settle).
pub(super) struct OpenAttempt<'a> {
    attempts: &'a AbandonedAttempts,
    counts: Vec<Count>,
}

impl AbandonedAttempts {
    /// Begins an attempt.
    pub(super) fn unless_settled(&self, reservation: &Reservation) -> OpenAttempt<'_> {
        OpenAttempt {
            attempts: self,
            counts: reservation.counted(&[Counting::OnceFailed]),
        }
    }

    /// Returns all that were abandoned, and forgets them.
    pub(super) fn take(&self) -> HashMap<ThrottleKey, Abandoned> {
        mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ThrottleKey, Abandoned>> {
        // A panic elsewhere leaves counts that are still good.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenAttempt<'_> {
    /// Ends an attempt whose outcome is known.
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
