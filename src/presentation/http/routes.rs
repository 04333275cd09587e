//! Which controller answers where.

use actix_web::middleware::NormalizePath;
use paperclip::actix::web::{self, ServiceConfig};

use super::{
    account::{
        end_all_sessions::end_all_sessions, end_session::end_session, list_sessions::list_sessions, log_in::log_in,
        log_out::log_out, sign_up::sign_up, who_am_i::who_am_i,
    },
    audit::list_audit_events::list_audit_events,
    health::{
        alive::{api_alive, live},
        ready::ready,
    },
    users::{
        change_password::{change_password, change_password_alias},
        create_user::create_user,
        end_user_sessions::end_user_sessions,
        get_user::get_user,
        grant_admin::grant_admin,
        inactivate_user::inactivate_user,
        list_user_sessions::list_user_sessions,
        list_users::list_users,
        reactivate_user::reactivate_user,
        revoke_admin::revoke_admin,
    },
};

/// Mounts every operation of the API. The server and the OpenAPI document both come from here.
///
/// Paths are written without a trailing slash; the scopes take it off, so both forms answer.
pub fn routes(server: &mut ServiceConfig) {
    server
        .service(
            web::scope("/api/v1")
                .wrap(NormalizePath::trim())
                .service(web::resource("").route(web::get().to(api_alive)))
                .service(web::resource("/account/signup").route(web::post().to(sign_up)))
                .service(web::resource("/account/login").route(web::post().to(log_in)))
                .service(web::resource("/account/logout").route(web::delete().to(log_out)))
                .service(web::resource("/account/me").route(web::get().to(who_am_i)))
                .service(
                    web::resource("/account/sessions")
                        .route(web::get().to(list_sessions))
                        .route(web::delete().to(end_all_sessions)),
                )
                .service(web::resource("/account/sessions/{session_id}").route(web::delete().to(end_session)))
                .service(
                    web::resource("/users")
                        .route(web::post().to(create_user))
                        .route(web::get().to(list_users)),
                )
                .service(web::resource("/users/inactivate").route(web::patch().to(inactivate_user)))
                .service(web::resource("/users/reactivate").route(web::patch().to(reactivate_user)))
                .service(web::resource("/users/grant").route(web::patch().to(grant_admin)))
                .service(web::resource("/users/revoke").route(web::patch().to(revoke_admin)))
                .service(web::resource("/users/change_password").route(web::patch().to(change_password)))
                .service(web::resource("/users/change-password").route(web::patch().to(change_password_alias)))
                .service(web::resource("/users/{user_id}").route(web::get().to(get_user)))
                .service(
                    web::resource("/users/{user_id}/sessions")
                        .route(web::get().to(list_user_sessions))
                        .route(web::delete().to(end_user_sessions)),
                )
                .service(web::resource("/audit").route(web::get().to(list_audit_events))),
        )
        .service(
            web::scope("/health")
                .wrap(NormalizePath::trim())
                .service(web::resource("/live").route(web::get().to(live)))
                .service(web::resource("/ready").route(web::get().to(ready))),
        );
}
