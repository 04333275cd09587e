//! `POST /console/users/{user_id}/grant`.

use actix_web::{Error, HttpResponse, web::Data};
use uuid::Uuid;

use super::address::address;
use crate::{
    application::{
        commands::users::GrantAdmin,
        queries::users::{FoundUser, GetUser},
    },
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
        },
        pages::{notice::Notice, visit::Visit},
    },
};

/// Makes a user an admin.
pub async fn grant_admin(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    get_user: Data<GetUser>,
    grant_admin: Data<GrantAdmin>,
) -> Result<HttpResponse, Error> {
    let FoundUser { user, .. } = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    grant_admin
        .execute(&actor, &user.username)
        .await
        .map_err(Failure::from)?;
    Ok(visit.redirect(&address(user.id), Notice::AdminGranted))
}
