//! `POST /console/users/{user_id}/inactivate`.

use actix_web::{HttpResponse, web::Data};

use super::target_user::{TargetUser, address};
use crate::{
    application::commands::users::{InactivateUser, ManageUserError},
    presentation::{
        http::{extract::Authenticated, failure::Failure},
        pages::{form::Form, notice::Notice, visit::Visit},
    },
};

/// Inactivates a user.
pub async fn inactivate_user(
    Authenticated(actor, Form(target)): Authenticated<Form<TargetUser>>,
    visit: Visit,
    inactivate_user: Data<InactivateUser>,
) -> Result<HttpResponse, Failure<ManageUserError>> {
    let user = inactivate_user.execute(&actor, &target.username).await?;
    Ok(visit.redirect(&address(user.id), Notice::UserInactivated))
}
