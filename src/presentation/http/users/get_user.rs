//! `GET /api/v1/users/{user_id}`.

use chrono::{DateTime, Utc};
use paperclip::actix::{
    Apiv2Schema, api_v2_operation,
    web::{Data, Json},
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    application::{
        ports::StorageError,
        queries::users::{self, GetUser, GetUserError},
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Authenticated, PathParam},
        failure::{Failure, refusals},
        json::{LinkKindName, UserView},
    },
};

/// A user, as admins see them.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct FoundUser {
    #[serde(flatten)]
    user: UserView,
    /// When the user was last seen, accurate to five minutes; `null` if the user never logged in.
    last_seen_at: Option<DateTime<Utc>>,
    /// The outstanding one-time link to the user, or `null`.
    link: Option<OutstandingLink>,
}

/// A one-time link that has not been used. The link itself is shown only once, when it is issued.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct OutstandingLink {
    /// What the link is for.
    kind: LinkKindName,
    /// When the link expires.
    expires_at: DateTime<Utc>,
}

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
    response: Some(|| {
        let mut user = samples::listed(samples::ada());
        user["link"] = Value::Null;
        user
    }),
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
) -> Result<Json<FoundUser>, Failure<GetUserError>> {
    let user = get_user.execute(&actor, user_id.into()).await?;
    Ok(Json(user.into()))
}

impl From<users::FoundUser> for FoundUser {
    fn from(found: users::FoundUser) -> Self {
        Self {
            user: found.user.into(),
            last_seen_at: found.last_seen_at,
            link: found.link.map(|link| OutstandingLink {
                kind: link.kind.into(),
                expires_at: link.expires_at,
            }),
        }
    }
}
