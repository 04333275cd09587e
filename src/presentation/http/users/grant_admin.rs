//! `PATCH /api/v1/users/grant`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use super::target_user::TargetUser;
use crate::{
    application::commands::users::{GrantAdmin, ManageUserError},
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
    response: Some(|| samples::user(samples::ADA, "admin", true)),
    links: &["getUser", "revokeAdmin"],
    ..Details::of("grantAdmin")
};

/// Make a user an admin.
///
/// Open to super admins. Takes effect at the user's next request. Granting to an admin changes nothing. Rejects a super
/// admin as the target.
#[api_v2_operation(tags(Users), operation_id = "grantAdmin")]
pub async fn grant_admin(
    Authenticated(actor, Body(target)): Authenticated<Body<TargetUser>>,
    grant_admin: Data<GrantAdmin>,
) -> Result<Json<UserView>, Failure<ManageUserError>> {
    let user = grant_admin.execute(&actor, &target.username).await?;
    Ok(Json(user.into()))
}
