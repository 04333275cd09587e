//! `GET /api/v1/account/me`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use super::current_user::CurrentUser;
use crate::{
    application::queries::account::WhoAmI,
    presentation::http::{
        describe::{Details, samples},
        extract::Authenticated,
    },
};

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(samples::caller),
    ..Details::of("whoAmI")
};

/// Show the caller.
///
/// Open to every authenticated caller. Returns the current role, and when the session expires. Changes nothing, except
/// that a session near its end is renewed, as by every operation that requires one.
#[api_v2_operation(tags(Account), operation_id = "whoAmI")]
pub async fn who_am_i(Authenticated(actor, _): Authenticated, who_am_i: Data<WhoAmI>) -> Json<CurrentUser> {
    Json(who_am_i.execute(actor).into())
}
