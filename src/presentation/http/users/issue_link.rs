//! `POST /api/v1/users/{user_id}/link`.

use chrono::{DateTime, Utc};
use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    application::{
        access::ActorError,
        commands::links::{IssueLink, ManageLinkError},
        ports::StorageError,
    },
    presentation::{
        http::{
            describe::{Details, samples},
            extract::{Authenticated, LinkOrigin, PathParam},
            failure::{Failure, refusals},
            json::LinkKindName,
            respond::Created,
        },
        link_address::link_address,
    },
};

/// A one-time link, shown only once.
// No `Debug`, which would show it.
#[derive(Serialize, Apiv2Schema)]
pub struct IssuedLink {
    /// The purpose of the link.
    kind: LinkKindName,
    /// The address to send to the user. Whoever has it can set the password.
    url: String,
    /// When the link expires.
    expires_at: DateTime<Utc>,
}

refusals! {
    ManageLinkError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::UserNotFound => UserNotFound,
        Self::InactiveAccount(_) => UserIsInactive,
    } delegating {
        Actor(ActorError),
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(|| json!({ "kind": "recovery", "url": samples::LINK, "expires_at": samples::LINK_EXPIRY })),
    links: &["withdrawLink"],
    ..Details::of("issueLink")
};

/// Issue a one-time link to a user.
///
/// Open to admins for users, to super admins for users and admins. By the link, the user sets a password that nobody
/// else learns: the first one by an invitation, another one by a recovery link. It replaces a former link. Nothing else
/// changes until it is redeemed. Rejects an inactive user as the target, and a
/// plain user as the caller, whether or not a user with this id exists.
#[api_v2_operation(tags(Users), operation_id = "issueLink")]
pub async fn issue_link(
    Authenticated(actor, PathParam(user_id)): Authenticated<PathParam<Uuid>>,
    origin: LinkOrigin,
    issue_link: Data<IssueLink>,
) -> Result<Created<IssuedLink>, Failure<ManageLinkError>> {
    let link = issue_link.execute(&actor, user_id.into()).await?;
    Ok(Created::new(IssuedLink {
        kind: link.kind.into(),
        url: link_address(&origin.0, &link.token),
        expires_at: link.expires_at,
    }))
}
