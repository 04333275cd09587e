//! Query parameters that several operations take, and how those are read that have a rule of their own.

use std::fmt;

use chrono::{DateTime, Utc};
use paperclip::v2::{models::DataType, schema::TypedData};
use serde::{Deserialize, Deserializer, de::Error};

use crate::application::views::{InvalidPageLimit, PageLimit};

/// How many entries a page is to have at the most.
#[derive(Debug, Default)]
pub struct LimitParam(pub PageLimit);

/// Reads a parameter by a rule of its own, whose words are told when it is broken.
pub fn read<'de, D, T, E>(deserializer: D, rule: impl FnOnce(&str) -> Result<T, E>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    let text = String::deserialize(deserializer)?;
    rule(&text).map_err(D::Error::custom)
}

/// Reads a time that may be left out.
pub fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    read(deserializer, |text| {
        let time = text.parse().map(Some);
        time.map_err(|_| "must be a time of RFC 3339, such as 2026-01-01T00:00:00Z")
    })
}

impl<'de> Deserialize<'de> for LimitParam {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, |text| {
            let limit = text.parse().map_err(|_| InvalidPageLimit)?;
            PageLimit::new(limit).map(Self)
        })
    }
}

impl TypedData for LimitParam {
    fn data_type() -> DataType {
        DataType::Integer
    }
}
