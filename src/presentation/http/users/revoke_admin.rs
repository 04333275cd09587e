//! `PATCH /api/v1/users/revoke`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use super::target_user::TargetUser;
use crate::{
    application::commands::users::{ManageUserError, RevokeAdmin},
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
    links: &["getUser", "grantAdmin"],
    ..Details::of("revokeAdmin")
};

/// Make an admin a plain user.
///
/// Open to super admins. Takes effect at the user's next request. Revoking from a plain user changes nothing. Rejects a
/// super admin as the target.
#[api_v2_operation(tags(Users), operation_id = "revokeAdmin")]
pub async fn revoke_admin(
    Authenticated(actor, Body(target)): Authenticated<Body<TargetUser>>,
    revoke_admin: Data<RevokeAdmin>,
) -> Result<Json<UserView>, Failure<ManageUserError>> {
    let user = revoke_admin.execute(&actor, &target.username).await?;
    Ok(Json(user.into()))
}
