//! `DELETE /api/v1/users/{user_id}/link`.

use paperclip::actix::{api_v2_operation, web::Data};
use uuid::Uuid;

use crate::{
    application::commands::links::{ManageLinkError, WithdrawLink},
    presentation::http::{
        extract::{Authenticated, PathParam},
        failure::Failure,
        respond::NoContent,
    },
};

/// Withdraw the one-time link of a user.
///
/// Open to admins for users, to super admins for users and admins. Succeeds, too, if the user has no link. Rejects a
/// plain user, whether or not a user with this id exists.
#[api_v2_operation(tags(Users), operation_id = "withdrawLink")]
pub async fn withdraw_link(
    Authenticated(actor, PathParam(user_id)): Authenticated<PathParam<Uuid>>,
    withdraw_link: Data<WithdrawLink>,
) -> Result<NoContent, Failure<ManageLinkError>> {
    withdraw_link.execute(&actor, user_id.into()).await?;
    Ok(NoContent)
}
