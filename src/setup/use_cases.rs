//! The second half of the composition root: which adapters and services each use case is given.

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};

use super::{adapters::Adapters, services::Services};
use crate::{
    application::{
        commands::{
            account::{Authenticate, ChangePassword, EndAllSessions, EndSession, LogIn, LogOut, SignUp},
            maintenance::{PurgeExpired, WriteRefusals},
            operator::{
                ChangeAccount, CreateSuperAdmin, Demote, Inactivate, Promote, Reactivate, RevokeSessions, SetPassword,
            },
            users::{CreateUser, EndUserSessions, GrantAdmin, InactivateUser, ManageUser, ReactivateUser, RevokeAdmin},
        },
        queries::{
            account::{ListSessions, WhoAmI},
            audit::ListAuditEvents,
            health::CheckReadiness,
            operator::{FindUser, ReadAuditTrail},
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
    list_audit_events: Data<ListAuditEvents>,
    /// Answers `GET /health/ready`.
    pub check_readiness: Data<CheckReadiness>,
}

impl HttpUseCases {
    /// Builds every use case on the adapters and services.
    pub fn new(adapters: &Adapters, services: &Services, sign_up_enabled: bool) -> Self {
        let Adapters {
            unit_of_work,
            users,
            identities,
            sessions,
            audit_events,
            session_toucher,
            password_hasher,
            access_tokens,
            clock,
            random,
            readiness_probe,
            password_policy,
            session_lifetime,
            max_sessions,
            ..
        } = adapters.clone();
        let Services {
            audit,
            throttle,
            registration,
            ..
        } = services;
        let manage_user = Arc::new(ManageUser {
            unit_of_work: unit_of_work.clone(),
            throttle: throttle.clone(),
            audit: audit.clone(),
            clock: clock.clone(),
        });
        Self {
            authenticate: Data::new(Authenticate {
                identities: identities.clone(),
                session_toucher,
                access_tokens: access_tokens.clone(),
                session_lifetime,
                clock: clock.clone(),
            }),
            sign_up: Data::new(SignUp {
                registration: registration.clone(),
                unit_of_work: unit_of_work.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                enabled: sign_up_enabled,
            }),
            log_in: Data::new(LogIn {
                identities: identities.clone(),
                unit_of_work: unit_of_work.clone(),
                password_hasher: password_hasher.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                access_tokens: access_tokens.clone(),
                session_lifetime,
                max_sessions,
                clock: clock.clone(),
                random: random.clone(),
            }),
            log_out: Data::new(LogOut {
                unit_of_work: unit_of_work.clone(),
                audit: audit.clone(),
                clock: clock.clone(),
            }),
            who_am_i: Data::new(WhoAmI),
            list_sessions: Data::new(ListSessions {
                sessions: sessions.clone(),
                clock: clock.clone(),
            }),
            end_session: Data::new(EndSession {
                unit_of_work: unit_of_work.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                clock: clock.clone(),
            }),
            end_all_sessions: Data::new(EndAllSessions {
                unit_of_work: unit_of_work.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                clock: clock.clone(),
            }),
            change_password: Data::new(ChangePassword {
                identities,
                unit_of_work: unit_of_work.clone(),
                password_hasher,
                password_policy,
                throttle: throttle.clone(),
                audit: audit.clone(),
                access_tokens,
                session_lifetime,
                clock: clock.clone(),
                random,
            }),
            create_user: Data::new(CreateUser {
                registration: registration.clone(),
                unit_of_work: unit_of_work.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                clock: clock.clone(),
            }),
            list_users: Data::new(ListUsers {
                users: users.clone(),
                audit: audit.clone(),
            }),
            get_user: Data::new(GetUser {
                users: users.clone(),
                audit: audit.clone(),
            }),
            grant_admin: Data::new(GrantAdmin {
                manage_user: manage_user.clone(),
            }),
            revoke_admin: Data::new(RevokeAdmin {
                manage_user: manage_user.clone(),
            }),
            inactivate_user: Data::new(InactivateUser {
                manage_user: manage_user.clone(),
            }),
            reactivate_user: Data::new(ReactivateUser {
                manage_user: manage_user.clone(),
            }),
            list_user_sessions: Data::new(ListUserSessions {
                users,
                audit: audit.clone(),
                sessions,
                clock: clock.clone(),
            }),
            end_user_sessions: Data::new(EndUserSessions {
                unit_of_work,
                throttle: throttle.clone(),
                audit: audit.clone(),
                clock,
            }),
            list_audit_events: Data::new(ListAuditEvents {
                events: audit_events,
                audit: audit.clone(),
            }),
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
            .app_data(self.list_audit_events.clone())
            .app_data(self.check_readiness.clone());
    }
}

/// Builds the use cases of the operator on the adapters and services.
pub fn operator_use_cases(adapters: &Adapters, services: Services) -> OperatorUseCases {
    let Adapters {
        unit_of_work, clock, ..
    } = adapters;
    let Services {
        audit,
        throttle,
        registration,
        ..
    } = services;
    let change_account = Arc::new(ChangeAccount {
        unit_of_work: unit_of_work.clone(),
        audit: audit.clone(),
        throttle,
        clock: clock.clone(),
    });
    OperatorUseCases {
        create_super_admin: CreateSuperAdmin {
            registration,
            unit_of_work: unit_of_work.clone(),
            audit: audit.clone(),
        },
        promote: Promote {
            change_account: change_account.clone(),
        },
        demote: Demote {
            change_account: change_account.clone(),
        },
        inactivate: Inactivate {
            change_account: change_account.clone(),
        },
        reactivate: Reactivate {
            change_account: change_account.clone(),
        },
        set_password: SetPassword {
            change_account,
            password_hasher: adapters.password_hasher.clone(),
            password_policy: adapters.password_policy,
        },
        revoke_sessions: RevokeSessions {
            unit_of_work: unit_of_work.clone(),
            audit,
            clock: clock.clone(),
        },
        read_audit_trail: ReadAuditTrail {
            events: adapters.audit_events.clone(),
            users: adapters.users.clone(),
        },
        find_user: FindUser {
            users: adapters.users.clone(),
        },
        clock: clock.clone(),
    }
}

/// The use cases that the server executes by itself.
pub struct UpkeepUseCases {
    /// Purges what has expired.
    pub purge_expired: PurgeExpired,
    /// Writes down what was refused.
    pub write_refusals: WriteRefusals,
}

impl UpkeepUseCases {
    /// Builds every use case on the adapters and services.
    pub fn new(adapters: &Adapters, services: &Services) -> Self {
        let Adapters {
            unit_of_work, clock, ..
        } = adapters;
        Self {
            purge_expired: PurgeExpired {
                unit_of_work: unit_of_work.clone(),
                audit_retention: adapters.audit_retention,
                clock: clock.clone(),
            },
            write_refusals: WriteRefusals {
                refusals: services.refusals.clone(),
                unit_of_work: unit_of_work.clone(),
                clock: clock.clone(),
            },
        }
    }
}
