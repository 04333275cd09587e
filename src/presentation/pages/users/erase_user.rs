//! `POST /console/users/{user_id}/erase`.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use crate::{
    application::commands::users::{EraseUser, EraseUserError},
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
        },
        pages::{notice::Notice, visit::Visit},
    },
};

/// Erases a user for good.
pub async fn erase_user(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    erase_user: Data<EraseUser>,
) -> Result<HttpResponse, Failure<EraseUserError>> {
    erase_user.execute(&actor, id.into()).await?;
    Ok(visit.redirect("/console/users", Notice::UserErased))
}
