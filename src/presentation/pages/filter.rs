use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer, de::Error};

use crate::{domain::user::Role, presentation::http::fields::ParamValue};

/// A field of a search form. A browser sends an unused one as an empty text.
#[derive(Clone, Debug)]
pub struct Filter<T>(pub Option<T>);

impl<T> Default for Filter<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: ParamValue> Deserialize<'de> for Filter<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        T::read(&text).map(|value| Self(Some(value))).map_err(D::Error::custom)
    }
}

/// A time in UTC, in the form of an input of the type `datetime-local`.
#[derive(Clone, Copy, Debug)]
pub struct LocalTime(pub DateTime<Utc>);

impl LocalTime {
    /// The form without and with seconds.
    const FORMATS: [&str; 2] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.format(Self::FORMATS[0]).fmt(f)
    }
}

impl ParamValue for LocalTime {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        let time = Self::FORMATS
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        time.map(|time| Self(time.and_utc()))
            .ok_or("must be a time in UTC, such as 2026-01-01T00:00")
    }
}

impl ParamValue for NaiveDate {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        let date = text
            .parse()
            .ok()
            .filter(|date: &Self| (0..=9999).contains(&date.year()));
        date.ok_or("must be a date, such as 2026-01-01")
    }
}

impl ParamValue for Role {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        Self::named(text).ok_or("must be the name of a role")
    }
}

impl ParamValue for bool {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        text.parse().map_err(|_| "must be `true` or `false`")
    }
}

impl ParamValue for uuid::Uuid {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        text.parse().map_err(|_| "must be a UUID")
    }
}
