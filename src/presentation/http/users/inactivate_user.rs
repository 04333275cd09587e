//! `PATCH /api/v1/users/inactivate`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use super::target_user::TargetUser;
use crate::{
    application::commands::users::{InactivateUser, InactivateUserRequest, ManageUserError},
    presentation::http::{
        extract::{Authenticated, Body},
        failure::Failure,
        json::UserView,
    },
};

/// Shut a user out.
///
/// Open to admins for users, to super admins for users and admins. Ends all sessions of the user at once. Inactivating an
/// inactive user changes nothing. Refuses a super admin as the target.
#[api_v2_operation(tags(Users), operation_id = "inactivateUser")]
pub async fn inactivate_user(
    Authenticated {
        actor,
        inner: Body(target),
    }: Authenticated<Body<TargetUser>>,
    inactivate_user: Data<InactivateUser>,
) -> Result<Json<UserView>, Failure<ManageUserError>> {
    let request = InactivateUserRequest {
        username: target.username,
    };
    let user = inactivate_user.execute(&actor, request).await?;
    Ok(Json(user.into()))
}
