use chrono::TimeDelta;
use thiserror::Error;

/// How long the next attempt must wait after failures.
///
/// The first failures are free. Each further one doubles the delay, up to a maximum. At the limit no attempt is
/// allowed. One failure expires after each quiet period of `forget_one_after`.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleRule {
    free: u32,
    limit: u32,
    first_delay: TimeDelta,
    max_delay: TimeDelta,
    forget_one_after: TimeDelta,
}

/// A duration is not positive, or the limit is 0.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("throttling needs delays and a time of forgetting above 0, and a limit of at least 1 attempt")]
pub struct InvalidThrottleRule;

impl ThrottleRule {
    /// Sets a delay of `first_delay` after `free` failures, doubled by each further one, up to `max_delay`.
    ///
    /// After `limit` failures an attempt must wait until one has expired.
    ///
    /// # Errors
    /// [`InvalidThrottleRule`] if a duration is not positive or `limit` is 0.
    pub fn new(
        free: u32,
        limit: u32,
        first_delay: TimeDelta,
        max_delay: TimeDelta,
        forget_one_after: TimeDelta,
    ) -> Result<Self, InvalidThrottleRule> {
        let is_positive = |time: TimeDelta| time >= TimeDelta::seconds(1);
        if limit == 0 || ![first_delay, max_delay, forget_one_after].into_iter().all(is_positive) {
            return Err(InvalidThrottleRule);
        }
        Ok(Self {
            free,
            limit,
            first_delay,
            max_delay,
            forget_one_after,
        })
    }

    /// Returns how many of `failures` are left after a quiet period.
    pub(super) fn left_after(&self, failures: u32, quiet: TimeDelta) -> u32 {
        let forgotten = quiet.num_seconds().max(0) / self.forget_one_after.num_seconds();
        failures.saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX))
    }

    /// Returns the wait required after `failures` consecutive failures, of which some expire meanwhile.
    pub(super) fn wait(&self, failures: u32) -> TimeDelta {
        (0..failures)
            .find_map(|forgotten| {
                let wait = self.delay(failures - forgotten)?.max(self.expires_after(forgotten));
                (wait < self.expires_after(forgotten + 1)).then_some(wait)
            })
            .unwrap_or_else(|| self.expires_after(failures))
    }

    /// Returns the time after which `failures` have expired.
    pub(super) fn expires_after(&self, failures: u32) -> TimeDelta {
        let times = i32::try_from(failures).unwrap_or(i32::MAX);
        self.forget_one_after.checked_mul(times).unwrap_or(TimeDelta::MAX)
    }

    /// Returns whether no attempt is allowed after `failures` before one has expired.
    pub(super) fn is_limit_reached(&self, failures: u32) -> bool {
        failures >= self.limit
    }

    /// Returns the delay after `failures`, or `None` at the limit.
    fn delay(&self, failures: u32) -> Option<TimeDelta> {
        if self.is_limit_reached(failures) {
            return None;
        }
        let Some(doublings) = failures.checked_sub(self.free) else {
            return Some(TimeDelta::zero());
        };
        let factor = 1i32.checked_shl(doublings).filter(|factor| *factor > 0);
        let delay = factor.and_then(|factor| self.first_delay.checked_mul(factor));
        Some(delay.unwrap_or(TimeDelta::MAX).min(self.max_delay))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// Three free failures, then 1, 2, 4 ... 60 seconds, at most 12 failures; one is forgotten each hour.
    fn rule() -> ThrottleRule {
        let [second, minute, hour] = [TimeDelta::seconds(1), TimeDelta::minutes(1), TimeDelta::hours(1)];
        ThrottleRule::new(3, 12, second, minute, hour).unwrap()
    }

    #[rstest]
    #[case(0, 0)]
    #[case(2, 0)]
    #[case(3, 1)]
    #[case(4, 2)]
    #[case(8, 32)]
    #[case(9, 60)]
    #[case(11, 60)]
    #[case::at_the_limit(12, 3600)]
    #[case::beyond_the_limit(14, 3 * 3600)]
    fn the_delay_doubles_up_to_its_maximum_until_nothing_is_allowed(#[case] failures: u32, #[case] seconds: i64) {
        assert_eq!(rule().wait(failures), TimeDelta::seconds(seconds));
    }

    #[test]
    fn who_waits_longer_than_it_takes_to_forget_waits_for_what_is_left() {
        let [second, quarter, minute] = [1, 900, 60].map(TimeDelta::seconds);
        let rule = ThrottleRule::new(3, u32::MAX, second, quarter, minute).unwrap();
        // Of 13, the delays are 900 s, 512 s, 256 s and, when three are forgotten after 180 s, 128 s.
        assert_eq!(rule.wait(13), TimeDelta::seconds(180));
        assert_eq!(rule.wait(u32::from(u16::MAX)), quarter);
    }

    #[rstest]
    #[case(3599, 5)]
    #[case(3600, 4)]
    #[case(5 * 3600, 0)]
    #[case(1_000_000_000, 0)]
    #[case::of_a_clock_set_back(-7200, 5)]
    fn one_failure_is_forgotten_each_time(#[case] quiet: i64, #[case] left: u32) {
        assert_eq!(rule().left_after(5, TimeDelta::seconds(quiet)), left);
    }

    #[test]
    fn a_rule_that_makes_no_sense_is_refused() {
        let [none, second] = [TimeDelta::zero(), TimeDelta::seconds(1)];
        for (limit, first, max, forget) in [
            (0, second, second, second),
            (1, none, second, second),
            (1, second, none, second),
            (1, second, second, none),
        ] {
            let refusal = ThrottleRule::new(1, limit, first, max, forget).err();
            assert_eq!(refusal, Some(InvalidThrottleRule));
        }
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_it_takes_to_forget_everything(
            free in 0..50_u32,
            limit in 1..200_u32,
            seconds in [1..4000_i64, 1..4000, 1..100_000],
            failures in 0..500_u32,
        ) {
            let [first, max, forget] = seconds.map(TimeDelta::seconds);
            let rule = ThrottleRule::new(free, limit, first, max, forget).unwrap();
            prop_assert!(rule.wait(failures) <= rule.expires_after(failures));
            prop_assert!(rule.wait(failures) <= rule.wait(failures + 1));
        }
    }
}
