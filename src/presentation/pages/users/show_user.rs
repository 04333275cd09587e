//! `/console/users/{user_id}`.

use actix_web::{Error, HttpResponse, web::Data};
use askama::Template;
use uuid::Uuid;

use super::action::UserAction;
use crate::{
    application::{
        queries::users::{GetUser, ListUserSessions},
        views::{SessionView, UserView},
    },
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
    let user = get_user.execute(&actor, id.into()).await.map_err(Failure::from)?;
    let sessions = if UserAction::EndSessions.is_permitted(&actor, &user) {
        let sessions = list_user_sessions.execute(&actor, user.id).await;
        Some(sessions.map_err(Failure::from)?)
    } else {
        None
    };
    let mut actions = UserAction::offered(&actor, &user);
    actions.retain(|action| *action != UserAction::SetPassword || visit.settings().admins_set_passwords);
    Ok(visit.page(&UserPage {
        shell: visit.shell(&actor),
        is_self: user.id == actor.id(),
        actions,
        sessions,
        user,
    }))
}
