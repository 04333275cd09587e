//! A path has one spelling.

use actix_web::{Error, dev::ServiceRequest};

use crate::presentation::http::problem::{Problem, ProblemCode};

/// Rejects a path with an empty segment or an encoded character: nothing is served under such a path.
///
/// Actix decodes paths, and merges slashes where it takes off the last one. A proxy that has rules for paths may do neither,
/// and would let through under another spelling what it is to block. What is left to the routes is one slash at the end.
///
/// # Errors
/// 404 `route_not_found`.
pub fn check_path(request: &ServiceRequest) -> Result<(), Error> {
    let path = request.uri().path();
    if path.contains("//") || path.contains('%') {
        return Err(Problem::new(ProblemCode::RouteNotFound).into());
    }
    Ok(())
}
