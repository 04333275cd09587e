//! `POST /console/users/{user_id}/reactivate`.

use actix_web::{Error, HttpResponse, web::Data};
use uuid::Uuid;

use super::address::address;
use crate::{
    application::{
        commands::users::ReactivateUser,
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

/// Reactivates a user.
pub async fn reactivate_user(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    get_user: Data<GetUser>,
    reactivate_user: Data<ReactivateUser>,
) -> Result<HttpResponse, Error> {
    let FoundUser { user, .. } = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    reactivate_user
        .execute(&actor, &user.username)
        .await
        .map_err(Failure::from)?;
    Ok(visit.redirect(&address(user.id), Notice::UserReactivated))
}
