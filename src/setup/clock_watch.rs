//! The clock of the machine is watched in the background.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::sleep;

use crate::{application::ports::Clock, domain::CLOCK_TOLERANCE};

/// The time from one look at the clock to the next.
const INTERVAL: Duration = Duration::from_secs(5);

/// What the clock may gain or lose from one look to the next. One that is only slowed down or sped up until it is right
/// stays far below.
const TOLERANCE: TimeDelta = TimeDelta::seconds(5);

/// Warns of every step that the clock makes, once, for as long as it is waited for.
pub async fn watch_clock(clock: &dyn Clock) -> Infallible {
    let mut last = Look::at(clock);
    loop {
        sleep(INTERVAL).await;
        let next = Look::at(clock);
        if let Some(step) = next.step_since(&last) {
            log::warn!("{}", explanation(step));
        }
        last = next;
    }
}

/// What the clock showed, and when that was by the time that only passes.
struct Look {
    shown: DateTime<Utc>,
    at: Instant,
}

impl Look {
    fn at(clock: &dyn Clock) -> Self {
        Self {
            shown: clock.now(),
            at: Instant::now(),
        }
    }

    /// How far the clock is ahead of the time that has passed since, if it was set.
    fn step_since(&self, last: &Self) -> Option<TimeDelta> {
        let passed = TimeDelta::from_std(self.at - last.at).ok()?;
        let step = self.shown - last.shown - passed;
        (step.abs() > TOLERANCE).then_some(step)
    }
}

fn explanation(step: TimeDelta) -> String {
    let seconds = (step.abs() + TimeDelta::milliseconds(500)).num_seconds();
    if step > TimeDelta::zero() {
        format!(
            "the clock was set forward by {seconds} s, or the machine slept: sessions whose time is over by it are ended, and \
             stay so if it is set back"
        )
    } else {
        format!(
            "the clock was set back by {seconds} s: sessions live longer by that, but for those that began more than {} s ahead \
             of it, whose users must log in again",
            CLOCK_TOLERANCE.num_seconds()
        )
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::as_time_passes(5_000, None)]
    #[case::slowed_down(4_990, None)]
    #[case::as_far_ahead_as_it_may_be(10_000, None)]
    #[case::forward(10_001, Some("set forward by 5 s"))]
    #[case::a_year_forward(31_536_004_999, Some("set forward by 31536000 s"))]
    #[case::as_far_back_as_it_may_be(0, None)]
    #[case::back(-1, Some("set back by 5 s"))]
    #[case::an_hour_back(-3_595_000, Some("set back by 3600 s"))]
    fn a_clock_that_was_set_is_told_from_one_that_goes(#[case] shown: i64, #[case] told: Option<&str>) {
        let last = Look {
            shown: DateTime::UNIX_EPOCH,
            at: Instant::now(),
        };
        let next = Look {
            shown: last.shown + TimeDelta::milliseconds(shown),
            at: last.at + Duration::from_secs(5),
        };
        let explanation = next.step_since(&last).map(explanation);
        assert_eq!(explanation.is_some(), told.is_some(), "{explanation:?}");
        assert!(explanation.unwrap_or_default().contains(told.unwrap_or_default()));
    }
}
