use actix_web::HttpRequest;

use super::client::provenance;
use crate::{
    application::{
        access::NotAuthenticated,
        commands::account::{Authenticate, AuthenticateError, Authenticated},
    },
    presentation::http::cookies::SessionCookie,
};

/// Finds out who sends `request`, by the first of its session cookies that is a log-in.
///
/// # Errors
/// [`AuthenticateError::NotAuthenticated`] if none is.
pub(super) async fn authenticate_by(
    cookie: &SessionCookie,
    authenticate: &Authenticate,
    request: &HttpRequest,
) -> Result<Authenticated, AuthenticateError> {
    for token in cookie.tokens() {
        match authenticate.execute(Some(&token), provenance(request)).await {
            Err(AuthenticateError::NotAuthenticated(_)) => {}
            outcome => return outcome,
        }
    }
    Err(NotAuthenticated.into())
}
