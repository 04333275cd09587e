//! `DELETE /api/v1/account/logout`.

use paperclip::actix::{api_v2_operation, web::Data};

use crate::{
    application::{commands::account::LogOut, ports::StorageError},
    presentation::http::{
        cookies::{PassCookie, SessionCookie, WithCookie},
        describe::Details,
        extract::Authenticated,
        failure::Failure,
        respond::NoContent,
    },
};

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    cookie: Some("SessionEnded"),
    ..Details::of("logOut")
};

/// Log out.
///
/// Open to every authenticated caller. Ends the session in the database, then clears the cookie and the pass, if there are
/// passes; other sessions of the user continue. Rejects a caller without a session, and therefore a second log-out.
#[api_v2_operation(tags(Account), operation_id = "logOut")]
pub async fn log_out(
    Authenticated(actor, _): Authenticated,
    cookie: SessionCookie,
    pass: PassCookie,
    log_out: Data<LogOut>,
) -> Result<WithCookie<NoContent>, Failure<StorageError>> {
    log_out.execute(&actor).await?;
    cookie.clear();
    Ok(pass.remove(NoContent))
}
