use std::fmt;

use chrono::{DateTime, Datelike, SubsecRound, Utc};
use paperclip::v2::{
    models::{DataType, DataTypeFormat},
    schema::TypedData,
};
use serde::{Deserialize, Deserializer, de::Error};

use crate::application::paging::{InvalidPageLimit, PageLimit};

/// A query parameter that is parsed by [`ParamValue::read`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Param<T>(pub T);

/// A value of a [`Param`].
pub trait ParamValue: Sized {
    /// The type in the OpenAPI document.
    const DATA_TYPE: DataType = DataType::String;
    /// The format in the OpenAPI document.
    const FORMAT: Option<DataTypeFormat> = None;

    /// Parses the value.
    ///
    /// # Errors
    /// The rule that `text` breaks, starting with `must`; it is returned to the client.
    fn read(text: &str) -> Result<Self, impl fmt::Display>;
}

impl<'de, T: ParamValue> Deserialize<'de> for Param<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::read(&text).map(Self).map_err(D::Error::custom)
    }
}

impl<T: ParamValue> TypedData for Param<T> {
    fn data_type() -> DataType {
        T::DATA_TYPE
    }

    fn format() -> Option<DataTypeFormat> {
        T::FORMAT
    }
}

impl ParamValue for PageLimit {
    const DATA_TYPE: DataType = DataType::Integer;

    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        text.parse().map_err(|_| InvalidPageLimit).and_then(Self::new)
    }
}

impl ParamValue for DateTime<Utc> {
    const FORMAT: Option<DataTypeFormat> = Some(DataTypeFormat::DateTime);

    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        // Years of four digits, as RFC 3339 has them, and microseconds: databases disagree on others, or fail.
        let time = text
            .parse()
            .ok()
            .filter(|time: &Self| (0..=9999).contains(&time.year()))
            .map(|time| time.trunc_subsecs(6));
        time.ok_or("must be a time of RFC 3339, such as 2026-01-01T00:00:00Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_to_the_microsecond_as_every_database_keeps_it() {
        let read = |text| DateTime::<Utc>::read(text).map_err(|_| ()).unwrap();
        assert_eq!(
            read("2026-11-02T12:00:02.5302419Z"),
            read("2026-11-02T12:00:02.530241Z")
        );
        assert!(DateTime::<Utc>::read("12026-11-02T12:00:02Z").is_err());
    }
}
