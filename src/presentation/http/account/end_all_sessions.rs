//! `DELETE /api/v1/account/sessions`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Deserialize;

use crate::{
    application::{access::ActorError, commands::account::EndAllSessions},
    presentation::http::{
        cookies::{PassCookie, SessionCookie, WithCookie},
        describe::Details,
        extract::{Authenticated, Params, QueryParams},
        failure::Failure,
        respond::NoContent,
    },
};

/// Which sessions to end.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct EndAllSessionsParams {
    /// Whether to keep the session of this request. Required, so that a missing session id in the path ends none.
    keep_current: bool,
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    cookie: Some("SessionEndedOrRenewed"),
    ..Details::of("endAllSessions")
};

/// Log out everywhere.
///
/// Open to every authenticated caller. With `keep_current=false`, ends all of the caller's sessions and clears the
/// cookie and the pass, if there are passes. With `keep_current=true`, ends all except the session of this request.
#[api_v2_operation(tags(Account), operation_id = "endAllSessions")]
pub async fn end_all_sessions(
    Authenticated(actor, Params(params)): Authenticated<Params<EndAllSessionsParams>>,
    cookie: SessionCookie,
    pass: PassCookie,
    end_all_sessions: Data<EndAllSessions>,
) -> Result<WithCookie<NoContent>, Failure<ActorError>> {
    end_all_sessions.execute(&actor, params.keep_current).await?;
    if params.keep_current {
        return Ok(pass.keep(NoContent));
    }
    cookie.clear();
    Ok(pass.remove(NoContent))
}

impl QueryParams for EndAllSessionsParams {}
