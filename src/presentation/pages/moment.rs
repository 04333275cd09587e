use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// A time as a page shows it: in UTC, and how far it is from now.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time.
    pub at: DateTime<Utc>,
    /// The time of the page.
    pub now: DateTime<Utc>,
}

/// The units of a distance with their lengths in seconds, longest first.
const UNITS: [(i64, &str); 5] = [
    (365 * 86_400, "year"),
    (30 * 86_400, "month"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
];

impl Moment {
    /// Returns the time for programs (RFC 3339), in whole seconds.
    pub fn machine(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Returns the time for people.
    pub fn text(&self) -> String {
        self.at.format("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// Returns the distance from now in its largest unit, such as `5 minutes ago` or `in 3 days`.
    pub fn distance(&self) -> String {
        let distance = self.now - self.at;
        let seconds = distance.abs().num_seconds();
        let Some((length, unit)) = UNITS.iter().find(|(length, _)| seconds >= *length) else {
            return "just now".to_owned();
        };
        let count = seconds / length;
        let plural = if count == 1 { "" } else { "s" };
        if distance < TimeDelta::zero() {
            format!("in {count} {unit}{plural}")
        } else {
            format!("{count} {unit}{plural} ago")
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "just now")]
    #[case(59, "just now")]
    #[case(-59, "just now")]
    #[case(60, "1 minute ago")]
    #[case(300, "5 minutes ago")]
    #[case(-3_600, "in 1 hour")]
    #[case(-7_500, "in 2 hours")]
    #[case(86_400, "1 day ago")]
    #[case(45 * 86_400, "1 month ago")]
    #[case(800 * 86_400, "2 years ago")]
    fn a_distance_is_told_in_its_largest_unit(#[case] seconds: i64, #[case] expected: &str) {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = now - TimeDelta::seconds(seconds);
        assert_eq!(Moment { at, now }.distance(), expected);
    }

    #[test]
    fn a_time_is_shown_in_utc_to_the_minute() {
        let at = "2026-02-03T04:05:06.789Z".parse().unwrap();
        let moment = Moment { at, now: at };
        assert_eq!(moment.text(), "2026-02-03 04:05 UTC");
        assert_eq!(moment.machine(), "2026-02-03T04:05:06Z");
    }
}
