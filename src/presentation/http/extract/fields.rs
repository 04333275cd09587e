use std::fmt;

use actix_web::Error;
use serde::{Deserializer, de::DeserializeOwned};

use super::field_error::{field_error, unknown_field};
use crate::presentation::http::problem::Problem;

/// The most errors that one answer lists.
const MOST_ERRORS: usize = 10;

/// Reads a `T` and rejects fields that it does not have, be they in a body or in a query.
///
/// # Errors
/// 422 that lists the unknown fields, and with them the first known one that is missing or wrong: often it is misspelt.
pub(super) fn read_fields<'de, T, D>(deserializer: D) -> Result<T, Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de, Error: fmt::Display>,
{
    let mut errors = Vec::new();
    let mut reject = |path: serde_ignored::Path<'_>| {
        let error = unknown_field(&path.to_string());
        if errors.len() < MOST_ERRORS && !errors.contains(&error) {
            errors.push(error);
        }
    };
    let read = serde_path_to_error::deserialize(serde_ignored::Deserializer::new(deserializer, &mut reject));
    match read {
        Ok(value) if errors.is_empty() => return Ok(value),
        Ok(_) => {}
        Err(error) => errors.push(field_error(&error.path().to_string(), &error.inner().to_string())),
    }
    Err(Problem::validation(errors).into())
}
