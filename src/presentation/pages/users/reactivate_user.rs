//! `POST /console/users/{user_id}/reactivate`.

use actix_web::{HttpResponse, web::Data};

use super::target_user::{TargetUser, address};
use crate::{
    application::commands::users::{ManageUserError, ReactivateUser},
    presentation::{
        http::{extract::Authenticated, failure::Failure},
        pages::{form::Form, notice::Notice, visit::Visit},
    },
};

/// Reactivates a user.
pub async fn reactivate_user(
    Authenticated(actor, Form(target)): Authenticated<Form<TargetUser>>,
    visit: Visit,
    reactivate_user: Data<ReactivateUser>,
) -> Result<HttpResponse, Failure<ManageUserError>> {
    let user = reactivate_user.execute(&actor, &target.username).await?;
    Ok(visit.redirect(&address(user.id), Notice::UserReactivated))
}
