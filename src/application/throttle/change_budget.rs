use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::Throttled;
use crate::domain::user::UserId;

/// Limits the changes that each user makes within a minute.
///
/// It counts in memory, on each node separately, so that rejecting a change does not use storage.
#[derive(Debug, Default)]
pub struct ChangeBudget(Mutex<Window>);

/// The current minute, which begins with its first change.
#[derive(Debug, Default)]
struct Window {
    begun_at: DateTime<Utc>,
    changes: HashMap<UserId, u32>,
}

impl ChangeBudget {
    const WINDOW: TimeDelta = TimeDelta::minutes(1);

    /// Counts a change of `user_id` at `now`.
    ///
    /// # Errors
    /// [`Throttled`] if the user has made `limit` changes in this minute.
    pub fn spend(&self, user_id: UserId, limit: u32, now: DateTime<Utc>) -> Result<(), Throttled> {
        // The counts stay valid if another thread panics.
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = now - window.begun_at;
        // The window also ends if the clock is set back.
        if !(TimeDelta::zero()..Self::WINDOW).contains(&elapsed) {
            *window = Window {
                begun_at: now,
                changes: HashMap::new(),
            };
        }
        let retry_after = Self::WINDOW - (now - window.begun_at);
        let changes = window.changes.entry(user_id).or_default();
        if *changes >= limit {
            return Err(Throttled { retry_after });
        }
        *changes += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{application::testing::user, domain::user::Role};

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn each_user_has_a_separate_budget_per_minute() {
        let [alice, brian] = ["alice", "brian"].map(|name| user(name, Role::User).id());
        let budget = ChangeBudget::default();
        let spend = |user, seconds| budget.spend(user, 2, START + TimeDelta::seconds(seconds));
        let throttled = |seconds| {
            Err(Throttled {
                retry_after: TimeDelta::seconds(seconds),
            })
        };
        assert_eq!(
            [0, 20, 40, 50].map(|seconds| spend(alice, seconds)),
            [Ok(()), Ok(()), throttled(20), throttled(10)]
        );
        assert_eq!(spend(brian, 50), Ok(()));
        assert_eq!(spend(alice, 60), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_delays_nobody() {
        let alice = user("alice", Role::User).id();
        let budget = ChangeBudget::default();
        budget.spend(alice, 1, START + TimeDelta::days(1)).unwrap();
        assert_eq!(budget.spend(alice, 1, START), Ok(()));
    }
}
