use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// The lifetime of sessions, and the part of it in which their use extends them.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetime {
    ttl: TimeDelta,
    absolute_ttl: TimeDelta,
    renewal_window: TimeDelta,
}

/// The lifetime is not positive or exceeds the absolute one, or the threshold is not a fraction.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "a session must live longer than no time and not longer than its absolute lifetime, and its refresh threshold must \
     lie between 0 and 1"
)]
pub struct InvalidSessionLifetime;

impl SessionLifetime {
    /// Sets the lifetime to `ttl`. A use with less than `refresh_threshold` (0 to 1) of it left restarts it.
    ///
    /// No session lives longer than `absolute_ttl`, however it is used.
    ///
    /// # Errors
    /// [`InvalidSessionLifetime`] if the values contradict each other.
    pub fn new(
        ttl: TimeDelta,
        absolute_ttl: TimeDelta,
        refresh_threshold: f64,
    ) -> Result<Self, InvalidSessionLifetime> {
        if ttl <= TimeDelta::zero() || absolute_ttl < ttl || !(0.0..=1.0).contains(&refresh_threshold) {
            return Err(InvalidSessionLifetime);
        }
        // Whole milliseconds below 2^53 are exact in f64, and the product is never above the ttl.
        let window = (ttl.num_milliseconds() as f64 * refresh_threshold) as i64;
        Ok(Self {
            ttl,
            absolute_ttl,
            renewal_window: TimeDelta::milliseconds(window),
        })
    }

    /// Returns the longest time that any session lives.
    pub fn absolute_ttl(&self) -> TimeDelta {
        self.absolute_ttl
    }

    /// Returns when a session begun at `created_at` expires if its lifetime restarts at `now`.
    pub fn expiry(&self, created_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        (now + self.ttl).min(created_at + self.absolute_ttl)
    }

    /// Returns whether so little time is left at `now` until `expires_at` that a use extends the session.
    pub fn is_near_end(&self, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        expires_at - now < self.renewal_window
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 2, 0.5)]
    #[case(-1, 2, 0.5)]
    #[case(2, 1, 0.5)]
    #[case(1, 2, -0.1)]
    #[case(1, 2, 1.1)]
    #[case(1, 2, f64::NAN)]
    fn a_lifetime_that_makes_no_sense_is_refused(
        #[case] minutes: i64,
        #[case] absolute_minutes: i64,
        #[case] threshold: f64,
    ) {
        let (ttl, absolute_ttl) = (TimeDelta::minutes(minutes), TimeDelta::minutes(absolute_minutes));
        let refusal = SessionLifetime::new(ttl, absolute_ttl, threshold).err();
        assert_eq!(refusal, Some(InvalidSessionLifetime));
    }

    #[test]
    fn no_session_outlives_the_absolute_lifetime() {
        let lifetime = SessionLifetime::new(TimeDelta::minutes(60), TimeDelta::minutes(90), 0.5).unwrap();
        let at = |minutes| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        for (now, expiry) in [(0, 60), (30, 90), (31, 90), (90, 90)] {
            assert_eq!(lifetime.expiry(at(0), at(now)), at(expiry), "{now}");
        }
    }

    #[test]
    fn the_end_is_near_in_that_part_of_the_lifetime() {
        let lifetime = SessionLifetime::new(TimeDelta::minutes(60), TimeDelta::days(1), 0.25).unwrap();
        let (now, window) = (DateTime::UNIX_EPOCH, TimeDelta::minutes(15));
        assert!(!lifetime.is_near_end(now + window, now));
        assert!(lifetime.is_near_end(now + window - TimeDelta::microseconds(1), now));
    }
}
