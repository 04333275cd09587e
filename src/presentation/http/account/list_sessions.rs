//! `GET /api/v1/account/sessions`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use crate::{
    application::{ports::StorageError, queries::account::ListSessions},
    presentation::http::{
        describe::{Details, samples},
        extract::Authenticated,
        failure::Failure,
        json::SessionList,
    },
};

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(|| samples::sessions(true)),
    links: &["endSession"],
    ..Details::of("listSessions")
};

/// List your own sessions.
///
/// Open to every authenticated caller. Lists active sessions, newest first, and marks the session of this request.
#[api_v2_operation(tags(Account), operation_id = "listSessions")]
pub async fn list_sessions(
    Authenticated(actor, _): Authenticated,
    list_sessions: Data<ListSessions>,
) -> Result<Json<SessionList>, Failure<StorageError>> {
    let sessions = list_sessions.execute(&actor).await?;
    Ok(Json(SessionList::new(sessions, &actor)))
}
