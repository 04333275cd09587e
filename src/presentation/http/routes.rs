//! The routes: which controller answers which path.

use actix_session::{SessionMiddleware, storage::CookieSessionStore};
use paperclip::actix::web::{self, ServiceConfig};

use super::{
    account::{
        end_all_sessions, end_session, issue_pass, list_sessions, log_in, log_out, read_link, redeem_link, sign_up,
        verify_caller, who_am_i,
    },
    audit::list_audit_events,
    describe::Details,
    health::{alive, ready},
    users::{
        change_password, create_user, end_user_sessions, erase_user, get_user, grant_admin, inactivate_user,
        issue_link, list_user_sessions, list_users, reactivate_user, revoke_admin, withdraw_link,
    },
};

/// The details of all operations for the OpenAPI document.
pub const DETAILS: [&Details; 25] = [
    &alive::API_ALIVE,
    &alive::LIVE,
    &ready::DETAILS,
    &sign_up::DETAILS,
    &log_in::DETAILS,
    &log_out::DETAILS,
    &who_am_i::DETAILS,
    &issue_pass::DETAILS,
    &verify_caller::DETAILS,
    &list_sessions::DETAILS,
    &end_session::DETAILS,
    &end_all_sessions::DETAILS,
    &read_link::DETAILS,
    &redeem_link::DETAILS,
    &create_user::DETAILS,
    &list_users::DETAILS,
    &get_user::DETAILS,
    &grant_admin::DETAILS,
    &revoke_admin::DETAILS,
    &inactivate_user::DETAILS,
    &reactivate_user::DETAILS,
    &change_password::DETAILS,
    &list_user_sessions::DETAILS,
    &issue_link::DETAILS,
    &list_audit_events::DETAILS,
];

/// Mounts every operation of the API, for both the server and the OpenAPI document.
///
/// Paths are written without a trailing slash. A layer around the routes removes it, so both forms work. `session`
/// builds the session layer. The other routes do without it: decrypting the cookie takes longer than a health check.
pub fn routes(session: impl Fn() -> SessionMiddleware<CookieSessionStore>) -> impl FnOnce(&mut ServiceConfig) {
    move |server| {
        server
            .service(
                web::scope("/api/v1")
                    .service(web::resource("").route(web::get().to(alive::api_alive)))
                    .service(web::scope("/account").wrap(session()).configure(account))
                    .service(web::scope("/users").wrap(session()).configure(users))
                    .service(web::scope("/audit").wrap(session()).configure(audit)),
            )
            .service(web::scope("/health").configure(health));
    }
}

fn account(account: &mut ServiceConfig) {
    account
        .service(web::resource("/signup").route(web::post().to(sign_up::sign_up)))
        .service(web::resource("/login").route(web::post().to(log_in::log_in)))
        .service(web::resource("/logout").route(web::delete().to(log_out::log_out)))
        .service(web::resource("/me").route(web::get().to(who_am_i::who_am_i)))
        .service(web::resource("/link").route(web::post().to(read_link::read_link)))
        .service(web::resource("/link/redeem").route(web::post().to(redeem_link::redeem_link)))
        .service(web::resource("/pass").route(web::post().to(issue_pass::issue_pass)))
        .service(web::resource("/verify").route(web::get().to(verify_caller::verify_caller)))
        .service(
            web::resource("/sessions")
                .route(web::get().to(list_sessions::list_sessions))
                .route(web::delete().to(end_all_sessions::end_all_sessions)),
        )
        .service(web::resource("/sessions/{session_id}").route(web::delete().to(end_session::end_session)));
}

fn users(users: &mut ServiceConfig) {
    users
        .service(
            web::resource("")
                .route(web::post().to(create_user::create_user))
                .route(web::get().to(list_users::list_users)),
        )
        .service(web::resource("/inactivate").route(web::patch().to(inactivate_user::inactivate_user)))
        .service(web::resource("/reactivate").route(web::patch().to(reactivate_user::reactivate_user)))
        .service(web::resource("/grant").route(web::patch().to(grant_admin::grant_admin)))
        .service(web::resource("/revoke").route(web::patch().to(revoke_admin::revoke_admin)))
        .service(web::resource("/change_password").route(web::patch().to(change_password::change_password)))
        .service(web::resource("/change-password").route(web::patch().to(change_password::change_password_alias)))
        .service(
            web::resource("/{user_id}")
                .route(web::get().to(get_user::get_user))
                .route(web::delete().to(erase_user::erase_user)),
        )
        .service(
            web::resource("/{user_id}/sessions")
                .route(web::get().to(list_user_sessions::list_user_sessions))
                .route(web::delete().to(end_user_sessions::end_user_sessions)),
        )
        .service(
            web::resource("/{user_id}/link")
                .route(web::post().to(issue_link::issue_link))
                .route(web::delete().to(withdraw_link::withdraw_link)),
        );
}

fn audit(audit: &mut ServiceConfig) {
    audit.service(web::resource("").route(web::get().to(list_audit_events::list_audit_events)));
}

fn health(health: &mut ServiceConfig) {
    health
        .service(web::resource("/live").route(web::get().to(alive::live)))
        .service(web::resource("/ready").route(web::get().to(ready::ready)));
}
