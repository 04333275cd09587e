//! `PATCH /api/v1/users/reactivate`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use super::target_user::TargetUser;
use crate::{
    application::commands::users::{ManageUserError, ReactivateUser},
    presentation::http::{
        describe::{Details, samples},
        extract::{Authenticated, Body},
        failure::Failure,
        json::UserView,
    },
};

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(samples::target),
    response: Some(samples::ada),
    links: &["getUser", "inactivateUser"],
    ..Details::of("reactivateUser")
};

/// Reactivate a user.
///
/// Open to admins for users, to super admins for users and admins. The user has to log in again. Reactivating an active
/// user changes nothing. Rejects a super admin as the target.
#[api_v2_operation(tags(Users), operation_id = "reactivateUser")]
pub async fn reactivate_user(
    Authenticated(actor, Body(target)): Authenticated<Body<TargetUser>>,
    reactivate_user: Data<ReactivateUser>,
) -> Result<Json<UserView>, Failure<ManageUserError>> {
    let user = reactivate_user.execute(&actor, &target.username).await?;
    Ok(Json(user.into()))
}
