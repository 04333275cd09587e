//! Rejects paths with more than one spelling.

use actix_web::{Error, dev::ServiceRequest};

use crate::presentation::http::problem::{Problem, ProblemCode};

/// Rejects a path with an empty segment or an encoded character, because no route has such a path.
///
/// Actix decodes paths, and `NormalizePath` merges slashes. A proxy with rules for paths may do neither, so a client
/// could bypass a rule by another spelling. The routes accept only an optional slash at the end.
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
