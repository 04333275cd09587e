//! `PATCH /api/v1/users/inactivate`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use super::target_user::TargetUser;
use crate::{
    application::commands::users::{InactivateUser, ManageUserError},
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
    response: Some(|| samples::user(samples::ADA, "user", false)),
    links: &["getUser", "reactivateUser", "eraseUser"],
    ..Details::of("inactivateUser")
};

/// Inactivate a user.
///
/// Open to admins for users, to super admins for users and admins. Ends all sessions of the user at once. Inactivating
/// an inactive user changes nothing. Rejects a super admin as the target.
#[api_v2_operation(tags(Users), operation_id = "inactivateUser")]
pub async fn inactivate_user(
    Authenticated(actor, Body(target)): Authenticated<Body<TargetUser>>,
    inactivate_user: Data<InactivateUser>,
) -> Result<Json<UserView>, Failure<ManageUserError>> {
    let user = inactivate_user.execute(&actor, &target.username).await?;
    Ok(Json(user.into()))
}
