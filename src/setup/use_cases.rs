use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};

use super::adapters::Adapters;
use crate::{
    application::{
        commands::{
            Registration,
            account::{Authenticate, ChangePassword, EndAllSessions, EndSession, LogIn, LogOut, SignUp},
            maintenance::PurgeExpiredSessions,
            operator::{CreateSuperAdmin, Demote, Inactivate, Promote, Reactivate, RevokeSessions, SetPassword},
            users::{CreateUser, EndUserSessions, GrantAdmin, InactivateUser, ReactivateUser, RevokeAdmin},
        },
        queries::{
            account::{ListSessions, WhoAmI},
            health::CheckReadiness,
            operator::FindUser,
            users::{GetUser, ListUserSessions, ListUsers},
        },
    },
    presentation::cli::OperatorUseCases,
};

/// The use cases that controllers name, each as Actix hands it to them.
#[derive(Clone)]
pub struct HttpUseCases {
    authenticate: Data<Authenticate>,
    sign_up: Data<SignUp>,
    log_in: Data<LogIn>,
    log_out: Data<LogOut>,
    who_am_i: Data<WhoAmI>,
    list_sessions: Data<ListSessions>,
    end_session: Data<EndSession>,
    end_all_sessions: Data<EndAllSessions>,
    change_password: Data<ChangePassword>,
    create_user: Data<CreateUser>,
    list_users: Data<ListUsers>,
    get_user: Data<GetUser>,
    grant_admin: Data<GrantAdmin>,
    revoke_admin: Data<RevokeAdmin>,
    inactivate_user: Data<InactivateUser>,
    reactivate_user: Data<ReactivateUser>,
    list_user_sessions: Data<ListUserSessions>,
    end_user_sessions: Data<EndUserSessions>,
    check_readiness: Data<CheckReadiness>,
}

impl HttpUseCases {
    /// Builds every use case on the adapters.
    pub fn new(adapters: &Adapters, sign_up_enabled: bool) -> Self {
        let Adapters {
            unit_of_work,
            users,
            identities,
            sessions,
            last_seen,
            password_hasher,
            access_tokens,
            clock,
            random,
            readiness_probe,
            password_policy,
            session_lifetime,
            max_sessions,
        } = adapters.clone();
        let registration = registration(adapters);
        Self {
            authenticate: Data::new(Authenticate {
                identities: identities.clone(),
                unit_of_work: unit_of_work.clone(),
                last_seen,
                access_tokens: access_tokens.clone(),
                session_lifetime,
                clock: clock.clone(),
            }),
            sign_up: Data::new(SignUp {
                registration: registration.clone(),
                enabled: sign_up_enabled,
            }),
            log_in: Data::new(LogIn {
                identities: identities.clone(),
                unit_of_work: unit_of_work.clone(),
                password_hasher: password_hasher.clone(),
                access_tokens: access_tokens.clone(),
                session_lifetime,
                max_sessions,
                clock: clock.clone(),
                random: random.clone(),
            }),
            log_out: Data::new(LogOut {
                unit_of_work: unit_of_work.clone(),
            }),
            who_am_i: Data::new(WhoAmI),
            list_sessions: Data::new(ListSessions {
                sessions: sessions.clone(),
                clock: clock.clone(),
            }),
            end_session: Data::new(EndSession {
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            }),
            end_all_sessions: Data::new(EndAllSessions {
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            }),
            change_password: Data::new(ChangePassword {
                identities,
                unit_of_work: unit_of_work.clone(),
                password_hasher,
                password_policy,
                access_tokens,
                session_lifetime,
                clock: clock.clone(),
                random,
            }),
            create_user: Data::new(CreateUser {
                registration,
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            }),
            list_users: Data::new(ListUsers { users: users.clone() }),
            get_user: Data::new(GetUser { users: users.clone() }),
            grant_admin: Data::new(GrantAdmin {
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            }),
            revoke_admin: Data::new(RevokeAdmin {
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            }),
            inactivate_user: Data::new(InactivateUser {
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            }),
            reactivate_user: Data::new(ReactivateUser {
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            }),
            list_user_sessions: Data::new(ListUserSessions {
                users,
                sessions,
                clock: clock.clone(),
            }),
            end_user_sessions: Data::new(EndUserSessions { unit_of_work, clock }),
            check_readiness: Data::new(CheckReadiness { probe: readiness_probe }),
        }
    }

    /// Puts every use case where the controllers that name it will find it.
    pub fn register(&self, server: &mut ServiceConfig) {
        server
            .app_data(self.authenticate.clone())
            .app_data(self.sign_up.clone())
            .app_data(self.log_in.clone())
            .app_data(self.log_out.clone())
            .app_data(self.who_am_i.clone())
            .app_data(self.list_sessions.clone())
            .app_data(self.end_session.clone())
            .app_data(self.end_all_sessions.clone())
            .app_data(self.change_password.clone())
            .app_data(self.create_user.clone())
            .app_data(self.list_users.clone())
            .app_data(self.get_user.clone())
            .app_data(self.grant_admin.clone())
            .app_data(self.revoke_admin.clone())
            .app_data(self.inactivate_user.clone())
            .app_data(self.reactivate_user.clone())
            .app_data(self.list_user_sessions.clone())
            .app_data(self.end_user_sessions.clone())
            .app_data(self.check_readiness.clone());
    }
}

/// Builds the use cases of the operator on the adapters.
pub fn operator_use_cases(adapters: &Adapters) -> OperatorUseCases {
    let Adapters {
        unit_of_work, clock, ..
    } = adapters;
    OperatorUseCases {
        create_super_admin: CreateSuperAdmin {
            registration: registration(adapters),
        },
        promote: Promote {
            unit_of_work: unit_of_work.clone(),
            clock: clock.clone(),
        },
        demote: Demote {
            unit_of_work: unit_of_work.clone(),
            clock: clock.clone(),
        },
        inactivate: Inactivate {
            unit_of_work: unit_of_work.clone(),
            clock: clock.clone(),
        },
        reactivate: Reactivate {
            unit_of_work: unit_of_work.clone(),
            clock: clock.clone(),
        },
        set_password: SetPassword {
            unit_of_work: unit_of_work.clone(),
            password_hasher: adapters.password_hasher.clone(),
            password_policy: adapters.password_policy,
            clock: clock.clone(),
        },
        revoke_sessions: RevokeSessions {
            unit_of_work: unit_of_work.clone(),
        },
        find_user: FindUser {
            users: adapters.users.clone(),
        },
        clock: clock.clone(),
    }
}

/// Builds the use case that the server executes by itself.
pub fn purge_expired_sessions(adapters: &Adapters) -> PurgeExpiredSessions {
    PurgeExpiredSessions {
        unit_of_work: adapters.unit_of_work.clone(),
        clock: adapters.clock.clone(),
    }
}

fn registration(adapters: &Adapters) -> Arc<Registration> {
    Arc::new(Registration {
        unit_of_work: adapters.unit_of_work.clone(),
        password_hasher: adapters.password_hasher.clone(),
        password_policy: adapters.password_policy,
        clock: adapters.clock.clone(),
        random: adapters.random.clone(),
    })
}
