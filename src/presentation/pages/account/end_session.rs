//! `/console/sessions/{session_id}/end`.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use crate::{
    application::commands::account::{EndSession, EndSessionError},
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
        },
        pages::{notice::Notice, visit::Visit},
    },
};

/// Ends one of the own sessions.
pub async fn end_session(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    end_session: Data<EndSession>,
) -> Result<HttpResponse, Failure<EndSessionError>> {
    end_session.execute(&actor, id.into()).await?;
    Ok(visit.redirect("/console/", Notice::SessionEnded))
}
