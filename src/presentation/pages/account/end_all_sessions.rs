//! `/console/sessions/end-others` and `/console/sessions/end-all`.

use actix_web::{HttpResponse, web::Data};

use crate::{
    application::{access::ActorError, commands::account::EndAllSessions},
    presentation::{
        http::{
            cookies::{PassCookie, SessionCookie, WithCookie},
            extract::Authenticated,
            failure::Failure,
        },
        pages::{notice::Notice, question::Question, visit::Visit},
    },
};

/// Asks whether to end all other sessions.
pub async fn ask_others(Authenticated(actor, _): Authenticated, visit: Visit) -> HttpResponse {
    visit.page(&Question {
        shell: visit.shell(&actor),
        title: "End all other sessions?".to_owned(),
        text: "Every other device and browser on which you are logged in is logged out.",
        button: "End all other sessions",
        back: "/console/".to_owned(),
    })
}

/// Ends all other sessions.
pub async fn end_others(
    Authenticated(actor, _): Authenticated,
    visit: Visit,
    end_all_sessions: Data<EndAllSessions>,
) -> Result<HttpResponse, Failure<ActorError>> {
    end_all_sessions.execute(&actor, true).await?;
    Ok(visit.redirect("/console/", Notice::OtherSessionsEnded))
}

/// Asks whether to log out everywhere.
pub async fn ask_all(Authenticated(actor, _): Authenticated, visit: Visit) -> HttpResponse {
    visit.page(&Question {
        shell: visit.shell(&actor),
        title: "Log out everywhere?".to_owned(),
        text: "Every device and browser on which you are logged in is logged out, this one too.",
        button: "Log out everywhere",
        back: "/console/".to_owned(),
    })
}

/// Logs out everywhere.
pub async fn end_all(
    Authenticated(actor, _): Authenticated,
    cookie: SessionCookie,
    pass: PassCookie,
    visit: Visit,
    end_all_sessions: Data<EndAllSessions>,
) -> Result<WithCookie<HttpResponse>, Failure<ActorError>> {
    end_all_sessions.execute(&actor, false).await?;
    cookie.clear();
    Ok(pass.remove(visit.redirect("/console/login", Notice::LoggedOut)))
}
