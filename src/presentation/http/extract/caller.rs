use actix_web::HttpRequest;

use super::client::provenance;
use crate::{
    application::{
        access::NotAuthenticated,
        commands::account::{Authenticate, AuthenticateError, Authenticated},
    },
    presentation::http::cookies::SessionCookie,
};

/// Authenticates `request` by the first valid session among its cookies.
///
/// # Errors
/// [`AuthenticateError::NotAuthenticated`] if there is none.
pub async fn authenticate_by(
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
