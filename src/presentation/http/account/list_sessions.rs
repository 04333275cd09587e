//! `GET /api/v1/account/sessions`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use crate::{
    application::{
        ports::StorageError,
        queries::account::{ListSessions, ListSessionsError},
    },
    presentation::http::{
        extract::Authenticated,
        failure::{Failure, refusals},
        json::SessionList,
    },
};

refusals! {
    ListSessionsError {
    } delegating {
        Storage(StorageError),
    }
}

/// List one's own sessions.
///
/// Open to every authenticated caller. Lists those that live, the newest first, and tells which is the one of this request.
#[api_v2_operation(tags(Account), operation_id = "listSessions")]
pub async fn list_sessions(
    Authenticated { actor, .. }: Authenticated,
    list_sessions: Data<ListSessions>,
) -> Result<Json<SessionList>, Failure<ListSessionsError>> {
    let sessions = list_sessions.execute(&actor).await?;
    Ok(Json(SessionList::new(sessions, &actor)))
}
