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

/// What the OpenAPI document says besides.
pub const DETAILS: Details = Details {
    response: Some(|| samples::sessions(true)),
    links: &["endSession"],
    ..Details::of("listSessions")
};

/// List one's own sessions.
///
/// Open to every authenticated caller. Lists those that live, the newest first, and tells which is the one of this request.
#[api_v2_operation(tags(Account), operation_id = "listSessions")]
pub async fn list_sessions(
    Authenticated(actor, _): Authenticated,
    list_sessions: Data<ListSessions>,
) -> Result<Json<SessionList>, Failure<StorageError>> {
    let sessions = list_sessions.execute(&actor).await?;
    Ok(Json(SessionList::new(sessions, &actor)))
}
