//! `DELETE /api/v1/account/sessions/{session_id}`.

use paperclip::actix::{api_v2_operation, web::Data};
use uuid::Uuid;

use crate::{
    application::{
        access::ActorError,
        commands::account::{EndSession, EndSessionError},
        ports::StorageError,
    },
    domain::session::AuthSessionId,
    presentation::http::{
        cookies::{PassCookie, SessionCookie, WithCookie},
        describe::Details,
        extract::{Authenticated, PathParam},
        failure::{Failure, refusals},
        respond::NoContent,
    },
};

refusals! {
    EndSessionError {
        Self::SessionNotFound => SessionNotFound,
    } delegating {
        Actor(ActorError),
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    cookie: Some("SessionEndedOrRenewed"),
    ..Details::of("endSession")
};

/// End one of your own sessions.
///
/// Open to every authenticated caller. Clears the cookie and the pass if it is the session of this request. Returns 404 for a
/// session of another user.
#[api_v2_operation(tags(Account), operation_id = "endSession")]
pub async fn end_session(
    Authenticated(actor, PathParam(session_id)): Authenticated<PathParam<Uuid>>,
    cookie: SessionCookie,
    pass: PassCookie,
    end_session: Data<EndSession>,
) -> Result<WithCookie<NoContent>, Failure<EndSessionError>> {
    let session_id = AuthSessionId::from(session_id);
    end_session.execute(&actor, session_id).await?;
    if session_id != actor.session_id() {
        return Ok(pass.keep(NoContent));
    }
    cookie.clear();
    Ok(pass.remove(NoContent))
}
