use chrono::{DateTime, TimeDelta, Utc};

use super::{ThrottleKey, ThrottleRule};

/// The difference between the clocks of two nodes up to which a last attempt in the future still delays the next one.
///
/// An attempt further ahead was counted before the clock was set back. It delays nobody, because it would until the
/// clock has caught up.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

/// Counts the failed attempts of one kind: at an account, from a network, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleBucket {
    state: ThrottleBucketState,
}

/// The stored state of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleBucketState {
    /// Identifies the bucket; never changes.
    pub key: ThrottleKey,
    /// The number of attempts that failed or are still in flight.
    pub failures: u32,
    /// When the last attempt was counted.
    pub last_at: DateTime<Utc>,
    /// When all failures have expired.
    pub expires_at: DateTime<Utc>,
}

impl ThrottleBucket {
    /// Returns a bucket without failures.
    pub fn empty(key: ThrottleKey, now: DateTime<Utc>) -> Self {
        Self::restore(ThrottleBucketState {
            key,
            failures: 0,
            last_at: now,
            expires_at: now,
        })
    }

    /// Restores a stored bucket.
    pub fn restore(state: ThrottleBucketState) -> Self {
        Self { state }
    }

    /// Returns the state to store.
    pub fn state(&self) -> &ThrottleBucketState {
        &self.state
    }

    /// Returns the time that the next attempt must wait by `rule`: zero if it is allowed at `now`.
    ///
    /// A last attempt ahead of `now` counts as made at `now`, unless it is further ahead than [`MAX_CLOCK_SKEW`].
    pub fn wait(&self, rule: &ThrottleRule, now: DateTime<Utc>) -> TimeDelta {
        let quiet = now - self.state.last_at;
        if quiet < -MAX_CLOCK_SKEW {
            return TimeDelta::zero();
        }
        let quiet = quiet.max(TimeDelta::zero());
        (rule.wait(self.state.failures) - quiet).max(TimeDelta::zero())
    }

    /// Returns whether the limit of `rule` is reached, so that no attempt is allowed before a failure expires.
    pub fn is_at_limit(&self, rule: &ThrottleRule) -> bool {
        rule.is_limit_reached(self.state.failures)
    }

    /// Counts an attempt at `now` as a failure, before its outcome is known.
    pub fn count(&mut self, rule: &ThrottleRule, now: DateTime<Utc>) {
        let left = rule.left_after(self.state.failures, now - self.state.last_at);
        self.state.last_at = now;
        self.set_failures(left.saturating_add(1), rule);
    }

    /// Removes an attempt that was counted and did not fail.
    pub fn take_back(&mut self, rule: &ThrottleRule) {
        self.set_failures(self.state.failures.saturating_sub(1), rule);
    }

    fn set_failures(&mut self, failures: u32, rule: &ThrottleRule) {
        let expires_at = self.state.last_at.checked_add_signed(rule.expires_after(failures));
        self.state.failures = failures;
        self.state.expires_at = expires_at.unwrap_or(DateTime::<Utc>::MAX_UTC);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    /// Two free failures, then 1, 2, 4 ... 60 seconds; one is forgotten each hour.
    fn rule() -> ThrottleRule {
        let [second, minute, hour] = [TimeDelta::seconds(1), TimeDelta::minutes(1), TimeDelta::hours(1)];
        ThrottleRule::new(2, 100, second, minute, hour).unwrap()
    }

    fn bucket(failures: u32) -> ThrottleBucket {
        let mut bucket = ThrottleBucket::empty(ThrottleKey::new([1; 32]), START);
        for _ in 0..failures {
            bucket.count(&rule(), START);
        }
        bucket
    }

    fn wait(bucket: &ThrottleBucket, seconds: i64) -> i64 {
        bucket.wait(&rule(), START + TimeDelta::seconds(seconds)).num_seconds()
    }

    #[test]
    fn nothing_delays_the_first_attempts() {
        assert_eq!([0, 1].map(|failures| wait(&bucket(failures), 0)), [0, 0]);
    }

    #[test]
    fn the_delay_runs_from_the_last_attempt() {
        assert_eq!(
            [0, 1, 3, 4, 5].map(|seconds| wait(&bucket(4), seconds)),
            [4, 3, 1, 0, 0]
        );
    }

    #[test]
    fn what_is_forgotten_by_the_next_attempt_does_not_count_any_more() {
        let mut bucket = bucket(5);
        bucket.count(&rule(), START + TimeDelta::hours(2));
        assert_eq!(bucket.state().failures, 4);
        assert_eq!(bucket.state().expires_at, START + TimeDelta::hours(6));
    }

    #[test]
    fn an_attempt_that_did_not_fail_is_taken_back() {
        let mut four = bucket(4);
        four.take_back(&rule());
        assert_eq!(four, bucket(3));
        let mut none = bucket(0);
        none.take_back(&rule());
        assert_eq!(none, bucket(0));
    }

    #[test]
    fn a_clock_that_was_set_back_delays_nobody_until_it_has_caught_up() {
        assert_eq!(wait(&bucket(4), -3600), 0);
    }

    #[test]
    fn a_node_whose_clock_is_ahead_makes_nobody_wait_longer_than_the_rule_says() {
        for behind in [-1, -20, -299] {
            assert_eq!(wait(&bucket(1), behind), 0, "what is free stays free");
            assert_eq!(
                wait(&bucket(4), behind),
                4,
                "nor is a clock behind a way around the delay"
            );
        }
    }

    #[test]
    fn the_limit_is_reached_by_the_last_attempt_that_is_allowed() {
        let [second, hour] = [TimeDelta::seconds(1), TimeDelta::hours(1)];
        let rule = ThrottleRule::new(3, 3, second, second, hour).unwrap();
        assert_eq!(
            [2, 3].map(|failures| bucket(failures).is_at_limit(&rule)),
            [false, true]
        );
    }
}
