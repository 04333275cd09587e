//! `DELETE /api/v1/account/sessions`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Deserialize;

use crate::{
    application::{
        commands::{
            LockActorError,
            account::{EndAllSessions, EndAllSessionsError, EndAllSessionsRequest},
        },
        ports::StorageError,
    },
    presentation::http::{
        cookies::SessionCookie,
        extract::{Authenticated, Params, QueryParams},
        failure::{Failure, refusals},
        respond::NoContent,
    },
};

/// Which sessions to end.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct EndAllSessionsParams {
    /// Whether the session of this request goes on. Required, so that a request for one session whose id is empty ends none.
    keep_current: bool,
}

refusals! {
    EndAllSessionsError {
    } delegating {
        Actor(LockActorError),
        Storage(StorageError),
    }
}

/// Log out everywhere.
///
/// Open to every authenticated caller. With `keep_current=false`, ends all of the caller's sessions and clears the cookie; with
/// `keep_current=true`, ends all but the session of this request.
#[api_v2_operation(tags(Account), operation_id = "endAllSessions")]
pub async fn end_all_sessions(
    Authenticated {
        actor,
        inner: Params(params),
    }: Authenticated<Params<EndAllSessionsParams>>,
    cookie: SessionCookie,
    end_all_sessions: Data<EndAllSessions>,
) -> Result<NoContent, Failure<EndAllSessionsError>> {
    let request = EndAllSessionsRequest {
        keep_current: params.keep_current,
    };
    let is_ended = !request.keep_current;
    end_all_sessions.execute(&actor, request).await?;
    if is_ended {
        cookie.clear();
    }
    Ok(NoContent)
}

impl QueryParams for EndAllSessionsParams {}
