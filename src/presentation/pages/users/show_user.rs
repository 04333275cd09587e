//! `/console/users/{user_id}`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::action::UserAction;
use crate::{
    application::{
        queries::users::{FoundUser, GetUser, ListUserSessions},
        views::{OneTimeLinkView, SessionView, UserView},
    },
    domain::link::LinkKind,
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
        },
        pages::{
            device, labels,
            visit::{Shell, Visit},
        },
    },
};

#[derive(Template)]
#[template(path = "users/show_user.html")]
struct UserPage {
    shell: Shell,
    user: UserView,
    last_seen_at: Option<DateTime<Utc>>,
    /// The outstanding link.
    link: Option<OneTimeLinkView>,
    is_self: bool,
    actions: Vec<UserAction>,
    /// None if the viewer may not see them.
    sessions: Option<Vec<SessionView>>,
}

/// Shows a user, and what the viewer may do.
pub async fn show(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    get_user: Data<GetUser>,
    list_user_sessions: Data<ListUserSessions>,
) -> Result<HttpResponse, Error> {
    let found = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    let mut actions = UserAction::offered(&actor, &found);
    actions.retain(|action| *action != UserAction::SetPassword || visit.settings().admins_set_passwords);
    let FoundUser {
        user,
        last_seen_at,
        link,
    } = found;
    let sessions = if UserAction::EndSessions.is_permitted(&actor, &user) {
        let sessions = list_user_sessions.execute(&actor, user.id).await;
        Some(sessions.map_err(Failure::from)?)
    } else {
        None
    };
    Ok(visit.page(&UserPage {
        shell: visit.shell(&actor),
        is_self: user.id == actor.id(),
        actions,
        sessions,
        user,
        last_seen_at,
        link,
    }))
}
