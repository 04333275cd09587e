use std::fmt;

use actix_web::Error;
use serde::{Deserializer, de::DeserializeOwned};

use super::field_error::{field_error, unknown_field};
use crate::presentation::http::problem::Problem;

/// The maximum number of errors in one answer.
const MAX_ERRORS: usize = 10;

/// Deserializes a body or a query and rejects unknown fields. `whole` is what it is called as a whole.
///
/// # Errors
/// 422 with the unknown fields, and with the first known one that is missing or wrong: it is often misspelt.
pub fn read_fields<'de, T, D>(deserializer: D, whole: &str) -> Result<T, Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de, Error: fmt::Display>,
{
    let mut errors = Vec::new();
    let mut reject = |path: serde_ignored::Path<'_>| {
        let error = unknown_field(&path.to_string(), whole);
        if errors.len() < MAX_ERRORS && !errors.contains(&error) {
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
