//! `/console/logout`.

use actix_web::{HttpResponse, web::Data};

use crate::{
    application::{commands::account::LogOut, ports::StorageError},
    presentation::{
        http::{
            cookies::{PassCookie, SessionCookie, WithCookie},
            extract::Authenticated,
            failure::Failure,
        },
        pages::{notice::Notice, visit::Visit},
    },
};

/// Logs out. The cookie of the notice also makes browsers forget the pages behind, which they would show on "back".
pub async fn log_out(
    Authenticated(actor, _): Authenticated,
    cookie: SessionCookie,
    pass: PassCookie,
    visit: Visit,
    log_out: Data<LogOut>,
) -> Result<WithCookie<HttpResponse>, Failure<StorageError>> {
    log_out.execute(&actor).await?;
    cookie.clear();
    Ok(pass.remove(visit.redirect("/console/login", Notice::LoggedOut)))
}
