//! `POST /console/users/{user_id}/inactivate`.

use actix_web::{Error, HttpResponse, web::Data};
use uuid::Uuid;

use super::address::address;
use crate::{
    application::{
        commands::users::InactivateUser,
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

/// Inactivates a user.
pub async fn inactivate_user(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    get_user: Data<GetUser>,
    inactivate_user: Data<InactivateUser>,
) -> Result<HttpResponse, Error> {
    let FoundUser { user, .. } = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    inactivate_user
        .execute(&actor, &user.username)
        .await
        .map_err(Failure::from)?;
    Ok(visit.redirect(&address(user.id), Notice::UserInactivated))
}
