//! `POST /api/v1/account/link/redeem`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Data};
use serde::Deserialize;
use serde_json::json;

use crate::{
    application::{
        commands::{
            NewPasswordError,
            links::{RedeemLink, RedeemLinkError, RedeemLinkRequest},
        },
        ports::{HashingError, StorageError},
        throttle::Throttled,
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Body, Client, Everyone},
        failure::{Failure, refusals},
        fields::{Password, Token},
        respond::NoContent,
    },
};

/// The link, and the password to set.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct RedeemLinkBody {
    /// The token of the link: the part behind the `#`.
    token: Token,
    /// Any characters, counted in Unicode NFC. It must not be common or contain the username.
    password: Password,
}

refusals! {
    RedeemLinkError {
        Self::LinkNotFound => LinkNotFound,
    } delegating {
        NewPassword(NewPasswordError),
        Throttled(Throttled),
        Hashing(HashingError),
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    request: Some(|policy| json!({ "token": samples::TOKEN, "password": samples::new_password(policy) })),
    ..Details::of("redeemLink")
};

/// Redeem a one-time link.
///
/// Open to everyone who has the link. Sets the password of its user, ends all sessions of the user, and begins none.
/// The link works once. Rejects a password that breaks a rule, which uses nothing up. Returns the same error for a link
/// that is unknown, used, replaced, withdrawn or expired, and for that of an inactive user. After too many of them from
/// one address, returns 429 until the time in `Retry-After` is over.
#[api_v2_operation(tags(Account), operation_id = "redeemLink")]
pub async fn redeem_link(
    Everyone(Body(body)): Everyone<Body<RedeemLinkBody>>,
    client: Client,
    redeem_link: Data<RedeemLink>,
) -> Result<NoContent, Failure<RedeemLinkError>> {
    let request = RedeemLinkRequest {
        token: body.token.into(),
        password: body.password.into(),
        provenance: client.provenance,
    };
    redeem_link.execute(request).await?;
    Ok(NoContent)
}
