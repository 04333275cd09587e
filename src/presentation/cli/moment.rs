use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// A moment given on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A fixed time.
    At(DateTime<Utc>),
    /// An age, relative to now.
    Ago(TimeDelta),
}

impl Moment {
    /// Returns the moment as a time, given that it is `now`.
    pub(super) fn resolve(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(time) => time,
            // An age beyond the range of times matches every event.
            Self::Ago(age) => now.checked_sub_signed(age).unwrap_or(DateTime::<Utc>::MIN_UTC),
        }
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(time) = text.parse() {
            return Ok(Self::At(time));
        }
        if let Ok(date) = text.parse::<NaiveDate>() {
            return Ok(Self::At(date.and_time(NaiveTime::MIN).and_utc()));
        }
        age(text)
            .map(Self::Ago)
            .ok_or("must be an age such as 90s, 30m, 1h or 7d, a date such as 2026-01-31, or a time of RFC 3339")
    }
}

fn age(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?.parse::<u32>().ok()?.into();
    match unit {
        's' => TimeDelta::try_seconds(number),
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        'w' => TimeDelta::try_weeks(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::time("2026-11-28T05:00:00Z", "2026-11-28T05:00:00Z")]
    #[case::offset("2026-11-28T05:00:00+01:00", "2026-11-28T04:00:00Z")]
    #[case::date("2026-11-28", "2026-11-28T00:00:00Z")]
    #[case::seconds("90s", "2026-11-28T11:58:30Z")]
    #[case::minutes("30m", "2026-11-28T11:30:00Z")]
    #[case::hours("1h", "2026-11-28T11:00:00Z")]
    #[case::days("7d", "2026-11-21T12:00:00Z")]
    #[case::weeks("2w", "2026-11-14T12:00:00Z")]
    fn a_moment_is_a_time_a_date_or_an_age(#[case] text: &str, #[case] expected: DateTime<Utc>) {
        let now = "2026-11-28T12:00:00Z".parse().unwrap();
        assert_eq!(text.parse::<Moment>().unwrap().resolve(now), expected);
    }

    #[rstest]
    fn what_is_none_of_them_is_refused(
        #[values(
            "",
            "h",
            "1",
            "-1h",
            "1.5h",
            "1y",
            "1 h",
            "ü",
            "yesterday",
            "2026-13-01",
            "99999999999d"
        )]
        text: &str,
    ) {
        assert!(text.parse::<Moment>().is_err());
    }

    #[test]
    fn what_is_older_than_time_is_not_before_it() {
        let moment: Moment = "4294967295w".parse().unwrap();
        assert_eq!(moment.resolve(DateTime::UNIX_EPOCH), DateTime::<Utc>::MIN_UTC);
    }
}
