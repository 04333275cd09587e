//! `GET /api/v1/users/{user_id}/sessions`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};
use uuid::Uuid;

use crate::{
    application::{
        ports::StorageError,
        queries::users::{ListUserSessions, ListUserSessionsError},
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Authenticated, PathParam},
        failure::{Failure, refusals},
        json::SessionList,
    },
};

refusals! {
    ListUserSessionsError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::UserNotFound => UserNotFound,
    } delegating {
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(|| samples::sessions(false)),
    links: &["endUserSessions"],
    ..Details::of("listUserSessions")
};

/// List the sessions of a user.
///
/// Open to admins for users, to super admins for users and admins. Lists active sessions, newest first. Rejects a plain
/// user, whether or not a user with this id exists.
#[api_v2_operation(tags(Users), operation_id = "listUserSessions")]
pub async fn list_user_sessions(
    Authenticated(actor, PathParam(user_id)): Authenticated<PathParam<Uuid>>,
    list_user_sessions: Data<ListUserSessions>,
) -> Result<Json<SessionList>, Failure<ListUserSessionsError>> {
    let sessions = list_user_sessions.execute(&actor, user_id.into()).await?;
    Ok(Json(SessionList::new(sessions, &actor)))
}
