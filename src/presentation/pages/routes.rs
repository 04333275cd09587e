//! The routes: which controller answers which path.

use actix_session::{SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    Resource,
    web::{self, Data, ServiceConfig},
};

use super::{
    account::{change_password, end_all_sessions, end_session, log_in, log_out, overview, sign_up, welcome},
    assets::{STYLE, WELCOME_SCRIPT},
    audit::list_audit_events,
    settings::{PATH, PagesSettings},
    users::{
        action::UserAction, ask::ask, create_user, end_user_sessions, erase_user, grant_admin, inactivate_user,
        issue_link, list_users, reactivate_user, revoke_admin, set_password, show_user, withdraw_link,
    },
};

/// Mounts every page. `session` is the session layer.
///
/// Like paths of the API, those of pages work with and without a slash at their end.
pub fn routes(
    settings: Data<PagesSettings>,
    session: SessionMiddleware<CookieSessionStore>,
) -> impl FnOnce(&mut ServiceConfig) {
    move |server| {
        server.service(
            web::scope(PATH)
                .app_data(settings)
                .wrap(session)
                // Unlike a resource, a route of the scope would answer 404 to any other method.
                .service(web::resource("/style.css").route(web::get().to(async || STYLE.serve())))
                .service(web::resource("/welcome.js").route(web::get().to(async || WELCOME_SCRIPT.serve())))
                .configure(account)
                .configure(users)
                .service(web::resource("/audit").route(web::get().to(list_audit_events::list_audit_events))),
        );
    }
}

fn account(console: &mut ServiceConfig) {
    console
        .service(web::resource("").route(web::get().to(overview::show)))
        .service(
            web::resource("/login")
                .route(web::get().to(log_in::show))
                .route(web::post().to(log_in::log_in)),
        )
        .service(
            web::resource("/signup")
                .route(web::get().to(sign_up::show))
                .route(web::post().to(sign_up::sign_up)),
        )
        .service(
            web::resource("/welcome")
                .route(web::get().to(welcome::show))
                .route(web::post().to(welcome::welcome)),
        )
        .service(web::resource("/logout").route(web::post().to(log_out::log_out)))
        .service(
            web::resource("/password")
                .route(web::get().to(change_password::show))
                .route(web::post().to(change_password::change_password)),
        )
        .service(
            web::resource("/sessions/end-others")
                .route(web::get().to(end_all_sessions::ask_others))
                .route(web::post().to(end_all_sessions::end_others)),
        )
        .service(
            web::resource("/sessions/end-all")
                .route(web::get().to(end_all_sessions::ask_all))
                .route(web::post().to(end_all_sessions::end_all)),
        )
        .service(web::resource("/sessions/{session_id}/end").route(web::post().to(end_session::end_session)));
}

fn users(console: &mut ServiceConfig) {
    console
        .service(web::resource("/users").route(web::get().to(list_users::list_users)))
        .service(
            web::resource("/users/new")
                .route(web::get().to(create_user::show))
                .route(web::post().to(create_user::create_user)),
        )
        .service(web::resource("/users/{user_id}").route(web::get().to(show_user::show)))
        .service(
            web::resource("/users/{user_id}/password")
                .route(web::get().to(set_password::show))
                .route(web::post().to(set_password::set_password)),
        )
        .service(question(UserAction::IssueLink).route(web::post().to(issue_link::issue_link)))
        .service(question(UserAction::WithdrawLink).route(web::post().to(withdraw_link::withdraw_link)))
        .service(question(UserAction::EndSessions).route(web::post().to(end_user_sessions::end_user_sessions)))
        .service(question(UserAction::GrantAdmin).route(web::post().to(grant_admin::grant_admin)))
        .service(question(UserAction::RevokeAdmin).route(web::post().to(revoke_admin::revoke_admin)))
        .service(question(UserAction::Inactivate).route(web::post().to(inactivate_user::inactivate_user)))
        .service(question(UserAction::Reactivate).route(web::post().to(reactivate_user::reactivate_user)))
        .service(question(UserAction::Erase).route(web::post().to(erase_user::erase_user)));
}

/// Returns the resource of an action, which asks first.
fn question(action: UserAction) -> Resource {
    let path = format!("/users/{{user_id}}/{}", action.path());
    web::resource(path).route(web::get().to(move |caller, visit, get_user| ask(action, caller, visit, get_user)))
}
