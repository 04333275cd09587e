//! `/console/`: the own account.

use actix_web::{HttpResponse, web::Data};
use askama::Template;

use crate::{
    application::{access::Actor, ports::StorageError, queries::account::ListSessions, views::SessionView},
    presentation::{
        http::{extract::Authenticated, failure::Failure},
        pages::{
            device, labels,
            visit::{Shell, Visit},
        },
    },
};

#[derive(Template)]
#[template(path = "account/overview.html")]
struct Overview<'a> {
    shell: Shell,
    actor: &'a Actor,
    sessions: Vec<SessionView>,
}

/// Shows the account and its sessions.
pub async fn show(
    Authenticated(actor, _): Authenticated,
    visit: Visit,
    list_sessions: Data<ListSessions>,
) -> Result<HttpResponse, Failure<StorageError>> {
    let sessions = list_sessions.execute(&actor).await?;
    Ok(visit.page(&Overview {
        shell: visit.shell(&actor),
        actor: &actor,
        sessions,
    }))
}
