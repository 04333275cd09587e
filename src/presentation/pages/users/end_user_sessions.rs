//! `POST /console/users/{user_id}/end-sessions`.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::address::address;
use crate::{
    application::commands::users::{EndUserSessions, EndUserSessionsError},
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
        },
        pages::{notice::Notice, visit::Visit},
    },
};

/// Ends all sessions of a user.
pub async fn end_user_sessions(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    end_user_sessions: Data<EndUserSessions>,
) -> Result<HttpResponse, Failure<EndUserSessionsError>> {
    end_user_sessions.execute(&actor, id.into()).await?;
    Ok(visit.redirect(&address(id.into()), Notice::UserSessionsEnded))
}
