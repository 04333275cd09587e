//! `POST /console/users/{user_id}/revoke`.

use actix_web::{Error, HttpResponse, web::Data};
use uuid::Uuid;

use super::address::address;
use crate::{
    application::{
        commands::users::RevokeAdmin,
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

/// Makes an admin a plain user.
pub async fn revoke_admin(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    get_user: Data<GetUser>,
    revoke_admin: Data<RevokeAdmin>,
) -> Result<HttpResponse, Error> {
    let FoundUser { user, .. } = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    revoke_admin
        .execute(&actor, &user.username)
        .await
        .map_err(Failure::from)?;
    Ok(visit.redirect(&address(user.id), Notice::AdminRevoked))
}
