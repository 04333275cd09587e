use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

/// How long sessions live, and when a used one is given its full life anew.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetime {
    ttl: TimeDelta,
    renewal_window: TimeDelta,
}

/// A lifetime that is not positive, or a threshold that is not a fraction of it.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("a session must live longer than no time, and its refresh threshold must lie between 0 and 1")]
pub struct InvalidSessionLifetime;

impl SessionLifetime {
    /// Sessions live for `ttl` and are renewed when used with less than `refresh_threshold` (0 to 1) of it left.
    ///
    /// # Errors
    /// [`InvalidSessionLifetime`] if `ttl` is not positive or `refresh_threshold` is not within 0 to 1.
    pub fn new(ttl: TimeDelta, refresh_threshold: f64) -> Result<Self, InvalidSessionLifetime> {
        if ttl <= TimeDelta::zero() || !(0.0..=1.0).contains(&refresh_threshold) {
            return Err(InvalidSessionLifetime);
        }
        // Whole milliseconds below 2^53 are exact in f64, and the product is never above the ttl.
        let window = (ttl.num_milliseconds() as f64 * refresh_threshold) as i64;
        Ok(Self {
            ttl,
            renewal_window: TimeDelta::milliseconds(window),
        })
    }

    /// When a session that is begun or renewed at `now` will die.
    pub fn expiry(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.ttl
    }

    /// Whether what expires at `expires_at` has so little time left at `now` that its use should renew it.
    pub fn is_near_end(&self, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        expires_at - now < self.renewal_window
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(TimeDelta::zero(), 0.5)]
    #[case(TimeDelta::minutes(-1), 0.5)]
    #[case(TimeDelta::minutes(1), -0.1)]
    #[case(TimeDelta::minutes(1), 1.1)]
    #[case(TimeDelta::minutes(1), f64::NAN)]
    fn a_lifetime_that_makes_no_sense_is_refused(#[case] ttl: TimeDelta, #[case] threshold: f64) {
        assert_eq!(SessionLifetime::new(ttl, threshold).err(), Some(InvalidSessionLifetime));
    }

    #[test]
    fn the_end_is_near_in_that_part_of_the_lifetime() {
        let lifetime = SessionLifetime::new(TimeDelta::minutes(60), 0.25).unwrap();
        let (now, window) = (DateTime::UNIX_EPOCH, TimeDelta::minutes(15));
        assert!(!lifetime.is_near_end(now + window, now));
        assert!(lifetime.is_near_end(now + window - TimeDelta::microseconds(1), now));
    }
}
