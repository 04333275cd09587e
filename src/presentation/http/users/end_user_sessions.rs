//! `DELETE /api/v1/users/{user_id}/sessions`.

use paperclip::actix::{api_v2_operation, web::Data};
use uuid::Uuid;

use crate::{
    application::{
        access::ActorError,
        commands::users::{EndUserSessions, EndUserSessionsError},
        ports::StorageError,
    },
    presentation::http::{
        extract::{Authenticated, PathParam},
        failure::{Failure, refusals},
        respond::NoContent,
    },
};

refusals! {
    EndUserSessionsError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::UserNotFound => UserNotFound,
    } delegating {
        Actor(ActorError),
        Storage(StorageError),
    }
}

/// Log a user out everywhere.
///
/// Open to admins for users, to super admins for users and admins. Ends all sessions of the user, who can log in again
/// at once. Rejects a plain user, whether or not a user with this id exists.
#[api_v2_operation(tags(Users), operation_id = "endUserSessions")]
pub async fn end_user_sessions(
    Authenticated(actor, PathParam(user_id)): Authenticated<PathParam<Uuid>>,
    end_user_sessions: Data<EndUserSessions>,
) -> Result<NoContent, Failure<EndUserSessionsError>> {
    end_user_sessions.execute(&actor, user_id.into()).await?;
    Ok(NoContent)
}
