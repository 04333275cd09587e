//! `POST /api/v1/account/link`.

use chrono::{DateTime, Utc};
use paperclip::actix::{
    Apiv2Schema, api_v2_operation,
    web::{Data, Json},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    application::{
        ports::StorageError,
        queries::links::{ReadLink, ReadLinkError},
        throttle::Throttled,
        views::OneTimeLinkView,
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Body, Client, Everyone},
        failure::{Failure, refusals},
        fields::Token,
        json::LinkKindName,
    },
};

/// The link to read.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct ReadLinkBody {
    /// The token of the link: the part behind the `#`.
    token: Token,
}

/// What a one-time link is for.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct LinkView {
    /// The username, in its original case.
    username: String,
    /// The purpose of the link.
    kind: LinkKindName,
    /// When the link expires.
    expires_at: DateTime<Utc>,
}

refusals! {
    ReadLinkError {
        Self::LinkNotFound => LinkNotFound,
    } delegating {
        Throttled(Throttled),
        Storage(StorageError),
    }
}

impl From<OneTimeLinkView> for LinkView {
    fn from(link: OneTimeLinkView) -> Self {
        Self {
            username: link.username.to_string(),
            kind: link.kind.into(),
            expires_at: link.expires_at,
        }
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(|_| json!({ "token": samples::TOKEN })),
    response: Some(|| json!({ "username": samples::ADA, "kind": "recovery", "expires_at": samples::LINK_EXPIRY })),
    ..Details::of("readLink")
};

/// Read a one-time link.
///
/// Open to everyone who has the link. Uses nothing up. Returns the same error for a link that is unknown, used,
/// replaced, withdrawn or expired, and for that of an inactive user. After too many of them from one address, returns
/// 429 until the time in `Retry-After` is over.
#[api_v2_operation(tags(Account), operation_id = "readLink")]
pub async fn read_link(
    Everyone(Body(body)): Everyone<Body<ReadLinkBody>>,
    client: Client,
    read_link: Data<ReadLink>,
) -> Result<Json<LinkView>, Failure<ReadLinkError>> {
    let link = read_link.execute(&body.token.into(), &client.provenance).await?;
    Ok(Json(link.into()))
}
