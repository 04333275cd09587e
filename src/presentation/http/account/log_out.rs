//! `DELETE /api/v1/account/logout`.

use paperclip::actix::{api_v2_operation, web::Data};

use crate::{
    application::{
        commands::account::{LogOut, LogOutError},
        ports::StorageError,
    },
    presentation::http::{
        cookies::SessionCookie,
        extract::Authenticated,
        failure::{Failure, refusals},
        respond::NoContent,
    },
};

refusals! {
    LogOutError {
    } delegating {
        Storage(StorageError),
    }
}

/// Log out.
///
/// Open to every authenticated caller. Ends the session in the database, then clears the cookie; other sessions of the user go
/// on. Refuses whoever has no session, so a second log-out, too.
#[api_v2_operation(tags(Account), operation_id = "logOut")]
pub async fn log_out(
    Authenticated { actor, .. }: Authenticated,
    cookie: SessionCookie,
    log_out: Data<LogOut>,
) -> Result<NoContent, Failure<LogOutError>> {
    log_out.execute(&actor).await?;
    cookie.clear();
    Ok(NoContent)
}
