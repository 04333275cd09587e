//! Rejects paths that no route has, and removes the slash at the end of the others.

use actix_web::{
    Error,
    dev::ServiceRequest,
    http::{Uri, uri::PathAndQuery},
};

use crate::presentation::http::{
    assets::DOCS_PAGE,
    problem::{Problem, ProblemCode},
};

/// Rejects a path with an empty segment or an encoded character, because no route has such a path.
///
/// Actix decodes paths. A proxy with rules for paths may not, so a client could bypass a rule by another spelling. The
/// routes accept only an optional [slash at the end](trim_slash).
///
/// # Errors
/// 404 `route_not_found`.
pub fn check_path(request: &ServiceRequest) -> Result<(), Error> {
    let path = request.uri().path().as_bytes();
    if path.contains(&b'%') || path.windows(2).any(|pair| pair == b"//") {
        return Err(Problem::new(ProblemCode::RouteNotFound).into());
    }
    Ok(())
}

/// Removes the slash at the end of a path, because the routes are written without it.
///
/// The documentation keeps it, because the files of its page are relative to it. The middleware of Actix for this would
/// also search each path for slashes to merge, which [`check_path`] rejects.
pub fn trim_slash(request: &mut ServiceRequest) {
    if let Some(uri) = without_slash(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// Returns `None` for a path that stays as it is.
fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/')?;
    if path.is_empty() || uri.path().starts_with(DOCS_PAGE) {
        return None;
    }
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/", None)]
    #[case("/docs/", None)]
    #[case("/docs/index.html/", None)]
    #[case("/api/v1", None)]
    #[case("/api/v1/", Some("/api/v1"))]
    #[case("/api/v1/users/?limit=1&x=/", Some("/api/v1/users?limit=1&x=/"))]
    #[case("/api/v1/users?x=/", None)]
    #[case("http://example.com/health/live/", Some("http://example.com/health/live"))]
    fn only_the_slash_at_the_end_of_the_path_is_removed(#[case] uri: Uri, #[case] trimmed: Option<&str>) {
        assert_eq!(without_slash(&uri).map(|uri| uri.to_string()).as_deref(), trimmed);
    }
}
