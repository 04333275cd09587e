//! `GET /api/v1/users/{user_id}`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};
use uuid::Uuid;

use crate::{
    application::{
        ports::StorageError,
        queries::users::{GetUser, GetUserError},
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Authenticated, PathParam},
        failure::{Failure, refusals},
        json::UserView,
    },
};

refusals! {
    GetUserError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::UserNotFound => UserNotFound,
    } delegating {
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(samples::ada),
    links: &[
        "listUserSessions",
        "endUserSessions",
        "grantAdmin",
        "revokeAdmin",
        "inactivateUser",
        "reactivateUser",
    ],
    ..Details::of("getUser")
};

/// Show a user.
///
/// Open to admins and super admins, who see users of every role. Changes nothing. Rejects a plain user, whether or not
/// a user with this id exists.
#[api_v2_operation(tags(Users), operation_id = "getUser")]
pub async fn get_user(
    Authenticated(actor, PathParam(user_id)): Authenticated<PathParam<Uuid>>,
    get_user: Data<GetUser>,
) -> Result<Json<UserView>, Failure<GetUserError>> {
    let user = get_user.execute(&actor, user_id.into()).await?;
    Ok(Json(user.into()))
}
