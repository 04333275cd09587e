use actix_web::{HttpMessage, HttpRequest};

use crate::{
    application::{
        Actor,
        commands::account::{Authenticate, AuthenticateError},
        ports::{IssueError, StorageError},
    },
    presentation::http::{failure::refusals, middleware::access_log::Caller, session_cookie::SessionCookie},
};

refusals! {
    AuthenticateError {
        Self::NotAuthenticated => NotAuthenticated,
    } delegating {
        Token(IssueError),
        Storage(StorageError),
    }
}

/// Asks the application who carries the session cookie of `request`, and hands the token on to the client if it was renewed.
pub(super) async fn identify(request: &HttpRequest, authenticate: &Authenticate) -> Result<Actor, AuthenticateError> {
    let cookie = SessionCookie::of(request);
    let authenticated = authenticate.execute(cookie.token().as_ref()).await?;
    if let Some(token) = authenticated.renewed_token {
        cookie.set(&token);
    }
    request.extensions_mut().insert(Caller(authenticated.actor.id()));
    Ok(authenticated.actor)
}
