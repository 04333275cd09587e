//! `POST /console/users/{user_id}/revoke`.

use actix_web::{HttpResponse, web::Data};

use super::target_user::{TargetUser, address};
use crate::{
    application::commands::users::{ManageUserError, RevokeAdmin},
    presentation::{
        http::{extract::Authenticated, failure::Failure},
        pages::{form::Form, notice::Notice, visit::Visit},
    },
};

/// Makes an admin a plain user.
pub async fn revoke_admin(
    Authenticated(actor, Form(target)): Authenticated<Form<TargetUser>>,
    visit: Visit,
    revoke_admin: Data<RevokeAdmin>,
) -> Result<HttpResponse, Failure<ManageUserError>> {
    let user = revoke_admin.execute(&actor, &target.username).await?;
    Ok(visit.redirect(&address(user.id), Notice::AdminRevoked))
}
