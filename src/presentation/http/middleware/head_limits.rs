//! How much may come before the body.

use actix_web::{
    Error,
    dev::ServiceRequest,
    http::{Uri, header::HeaderMap},
};

use crate::presentation::http::problem::{Problem, ProblemCode};

/// The longest target of a request, path and query, in bytes. All that an operation takes fits into a few hundred.
const LONGEST_TARGET: usize = 8 * 1024;

/// The most that the header fields of a request may come to, in bytes. The framework counts them, up to 96, and gives up a
/// head beyond 128 KiB.
const LARGEST_FIELDS: usize = 32 * 1024;

/// What a field has beside name and value: colon, space and the end of its line.
const BETWEEN: usize = 4;

/// Refuses a target that is too long, and header fields that are too large, before anything is made of them.
///
/// # Errors
/// The problem that says which limit was passed.
pub fn check_head(request: &ServiceRequest) -> Result<(), Error> {
    if length(request.uri()) > LONGEST_TARGET {
        let detail = format!("The path with its query is longer than {LONGEST_TARGET} bytes.");
        return Err(Problem::with_detail(ProblemCode::UriTooLong, detail).into());
    }
    if size(request.headers()) > LARGEST_FIELDS {
        let detail = format!("The header fields are larger than {LARGEST_FIELDS} bytes.");
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
        .map(|(name, value)| name.as_str().len() + value.len() + BETWEEN);
    sizes.sum()
}
