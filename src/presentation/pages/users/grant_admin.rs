//! `POST /console/users/{user_id}/grant`.

use actix_web::{HttpResponse, web::Data};

use super::target_user::{TargetUser, address};
use crate::{
    application::commands::users::{GrantAdmin, ManageUserError},
    presentation::{
        http::{extract::Authenticated, failure::Failure},
        pages::{form::Form, notice::Notice, visit::Visit},
    },
};

/// Makes a user an admin.
pub async fn grant_admin(
    Authenticated(actor, Form(target)): Authenticated<Form<TargetUser>>,
    visit: Visit,
    grant_admin: Data<GrantAdmin>,
) -> Result<HttpResponse, Failure<ManageUserError>> {
    let user = grant_admin.execute(&actor, &target.username).await?;
    Ok(visit.redirect(&address(user.id), Notice::AdminGranted))
}
