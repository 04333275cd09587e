//! Limits for the head of a request.

use actix_web::{
    Error,
    dev::ServiceRequest,
    http::{Uri, header::HeaderMap},
};

use crate::presentation::http::problem::{Problem, ProblemCode};

/// The maximum length of path and query, in bytes. No operation needs more than a few hundred.
const MAX_TARGET: usize = 8 * 1024;

/// The maximum size of all header fields, in bytes. Actix limits their number to 96.
const MAX_FIELDS: usize = 32 * 1024;

/// The bytes of a field besides name and value: colon, space and the end of its line.
const FIELD_OVERHEAD: usize = 4;

/// Rejects a target that is too long, and header fields that are too large.
///
/// # Errors
/// 414 `uri_too_long` or 431 `header_fields_too_large`.
pub fn check_head(request: &ServiceRequest) -> Result<(), Error> {
    if length(request.uri()) > MAX_TARGET {
        let detail = format!("The path with its query is longer than {MAX_TARGET} bytes.");
        return Err(Problem::with_detail(ProblemCode::UriTooLong, detail).into());
    }
    if size(request.headers()) > MAX_FIELDS {
        let detail = format!("The header fields are larger than {MAX_FIELDS} bytes.");
        return Err(Problem::with_detail(ProblemCode::HeaderFieldsTooLarge, detail).into());
    }
    Ok(())
}

fn length(target: &Uri) -> usize {
    target.path_and_query().map_or(0, |target| target.as_str().len())
}

fn size(fields: &HeaderMap) -> usize {
    let sizes = fields
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + FIELD_OVERHEAD);
    sizes.sum()
}
