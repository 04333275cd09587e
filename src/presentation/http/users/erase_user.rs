//! `DELETE /api/v1/users/{user_id}`.

use paperclip::actix::{api_v2_operation, web::Data};
use uuid::Uuid;

use crate::{
    application::{
        access::ActorError,
        commands::users::{EraseUser, EraseUserError},
        ports::StorageError,
    },
    presentation::http::{
        extract::{Authenticated, PathParam},
        failure::{Failure, refusals},
        respond::NoContent,
    },
};

refusals! {
    EraseUserError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::UserNotFound => UserNotFound,
        Self::ActiveAccount(_) => UserIsActive,
    } delegating {
        Actor(ActorError),
        Storage(StorageError),
    }
}

/// Erase a user for good.
///
/// Open to admins for users, to super admins for users and admins. Deletes the account and all that belongs to it. The
/// audit trail keeps the id, and loses the name and the addresses from which the user acted. Nobody can take the
/// username again. Rejects an active user, and a plain user as the caller, whether or not a user with this id exists.
#[api_v2_operation(tags(Users), operation_id = "eraseUser")]
pub async fn erase_user(
    Authenticated(actor, PathParam(user_id)): Authenticated<PathParam<Uuid>>,
    erase_user: Data<EraseUser>,
) -> Result<NoContent, Failure<EraseUserError>> {
    erase_user.execute(&actor, user_id.into()).await?;
    Ok(NoContent)
}
