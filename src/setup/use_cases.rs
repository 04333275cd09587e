//! The second half of the composition root: which adapters and services each use case is given.

use std::sync::Arc;

use actix_web::web::{Data, ServiceConfig};

use super::{adapters::Adapters, services::Services};
use crate::{
    application::{
        commands::{
            account::{
                Authenticate, ChangePassword, EndAllSessions, EndSession, IssuePass, LogIn, LogOut, PasswordCheck,
                SessionIssue, SignUp, VerifyCaller,
            },
            links::{IssueLink, RedeemLink, WithdrawLink},
            maintenance::{PurgeExpired, WriteRefusals},
            operator::{ChangeAccount, CreateSuperAdmin, EraseAccount, InviteUser, RecoverAccount, SetPassword},
            users::{CreateUser, EndUserSessions, EraseUser, GrantAdmin, InactivateUser, ReactivateUser, RevokeAdmin},
        },
        queries::{
            account::{ListSessions, WhoAmI},
            audit::ListAuditEvents,
            health::CheckReadiness,
            links::ReadLink,
            operator::{ExportUser, FindUser, ReadAuditTrail},
            users::{GetUser, ListUserSessions, ListUsers},
        },
    },
    presentation::cli::OperatorUseCases,
};

/// The use cases that controllers name, each as Actix hands it to them: by its type.
#[derive(Clone)]
pub struct HttpUseCases(Vec<Registration>);

/// Puts a use case where controllers find it.
type Registration = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

impl HttpUseCases {
    /// Builds every use case on the adapters and services.
    pub fn new(adapters: &Adapters, services: &Services, sign_up_enabled: bool) -> Self {
        let Adapters {
            unit_of_work,
            users,
            identities,
            sessions,
            links,
            audit_events,
            password_hasher,
            access_tokens,
            pass_tokens,
            clock,
            random,
            readiness_probe,
            admins_set_passwords,
            session_lifetime,
            max_sessions,
            ..
        } = adapters.clone();
        let Services {
            audit,
            throttle,
            session_check,
            new_passwords,
            registration,
            link_issue,
            changes,
            erasure,
            ..
        } = services.clone();
        Self(vec![
            provide(Authenticate {
                session_check: session_check.clone(),
                access_tokens: access_tokens.clone(),
                clock: clock.clone(),
            }),
            provide(SignUp {
                registration: registration.clone(),
                unit_of_work: unit_of_work.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                enabled: sign_up_enabled,
            }),
            provide(LogIn {
                password_check: PasswordCheck {
                    identities: identities.clone(),
                    unit_of_work: unit_of_work.clone(),
                    password_hasher: password_hasher.clone(),
                    throttle: throttle.clone(),
                    audit: audit.clone(),
                },
                session_issue: SessionIssue {
                    access_tokens: access_tokens.clone(),
                    session_lifetime,
                    max_sessions,
                    throttle: throttle.clone(),
                    audit: audit.clone(),
                    clock: clock.clone(),
                    random: random.clone(),
                },
            }),
            provide(LogOut {
                changes: changes.clone(),
            }),
            provide(WhoAmI),
            provide(IssuePass {
                pass_tokens: pass_tokens.clone(),
                session_lifetime,
                clock: clock.clone(),
            }),
            provide(VerifyCaller {
                session_check,
                access_tokens: access_tokens.clone(),
                pass_tokens,
                audit: audit.clone(),
                clock: clock.clone(),
            }),
            provide(ListSessions {
                sessions: sessions.clone(),
                clock: clock.clone(),
            }),
            provide(EndSession {
                changes: changes.clone(),
            }),
            provide(EndAllSessions {
                changes: changes.clone(),
            }),
            provide(ReadLink {
                links: links.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                clock: clock.clone(),
            }),
            provide(RedeemLink {
                links: links.clone(),
                unit_of_work,
                password_hasher: password_hasher.clone(),
                new_passwords: new_passwords.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                clock: clock.clone(),
            }),
            provide(IssueLink {
                link_issue: link_issue.clone(),
                changes: changes.clone(),
            }),
            provide(WithdrawLink {
                changes: changes.clone(),
            }),
            provide(ChangePassword {
                identities,
                changes: changes.clone(),
                new_passwords,
                password_hasher,
                throttle,
                access_tokens,
                session_lifetime,
                random,
                admins_set_passwords,
            }),
            provide(CreateUser {
                registration,
                link_issue,
                changes: changes.clone(),
                admins_set_passwords,
            }),
            provide(ListUsers {
                users: users.clone(),
                audit: audit.clone(),
            }),
            provide(GetUser {
                links,
                clock: clock.clone(),
                users: users.clone(),
                audit: audit.clone(),
            }),
            provide(GrantAdmin {
                changes: changes.clone(),
            }),
            provide(RevokeAdmin {
                changes: changes.clone(),
            }),
            provide(InactivateUser {
                changes: changes.clone(),
            }),
            provide(ReactivateUser {
                changes: changes.clone(),
            }),
            provide(EraseUser {
                changes: changes.clone(),
                erasure,
            }),
            provide(ListUserSessions {
                users,
                audit: audit.clone(),
                sessions,
                clock,
            }),
            provide(EndUserSessions { changes }),
            provide(ListAuditEvents {
                events: audit_events,
                audit,
            }),
            provide(CheckReadiness { probe: readiness_probe }),
        ])
    }

    /// Puts every use case where the controllers that name it find it.
    pub fn register(&self, server: &mut ServiceConfig) {
        self.0.iter().for_each(|register| register(server));
    }
}

fn provide<T: Send + Sync + 'static>(use_case: T) -> Registration {
    let use_case = Data::new(use_case);
    Arc::new(move |server| {
        server.app_data(use_case.clone());
    })
}

/// Builds the use cases of the operator on the adapters and services. Links begin with `link_origin`.
pub fn operator_use_cases(adapters: &Adapters, services: Services, link_origin: String) -> OperatorUseCases {
    let Adapters {
        unit_of_work, clock, ..
    } = adapters;
    let Services {
        audit,
        throttle,
        new_passwords,
        registration,
        erasure,
        link_issue,
        ..
    } = services;
    let change_account = Arc::new(ChangeAccount {
        unit_of_work: unit_of_work.clone(),
        audit: audit.clone(),
        throttle: throttle.clone(),
        clock: clock.clone(),
    });
    OperatorUseCases {
        create_super_admin: CreateSuperAdmin {
            registration: registration.clone(),
            unit_of_work: unit_of_work.clone(),
            audit: audit.clone(),
        },
        invite_user: InviteUser {
            registration,
            link_issue: link_issue.clone(),
            unit_of_work: unit_of_work.clone(),
            audit: audit.clone(),
        },
        recover_account: RecoverAccount {
            link_issue,
            unit_of_work: unit_of_work.clone(),
            audit: audit.clone(),
            clock: clock.clone(),
        },
        erase_account: EraseAccount {
            unit_of_work: unit_of_work.clone(),
            erasure,
            audit,
            clock: clock.clone(),
        },
        change_account: change_account.clone(),
        set_password: SetPassword {
            change_account,
            new_passwords,
            password_hasher: adapters.password_hasher.clone(),
        },
        read_audit_trail: ReadAuditTrail {
            events: adapters.audit_events.clone(),
            users: adapters.users.clone(),
        },
        export_user: ExportUser {
            users: adapters.users.clone(),
            sessions: adapters.sessions.clone(),
            links: adapters.links.clone(),
            events: adapters.audit_events.clone(),
            throttle,
        },
        find_user: FindUser {
            users: adapters.users.clone(),
        },
        clock: clock.clone(),
        link_origin,
    }
}

/// The use cases of the background jobs.
pub struct UpkeepUseCases {
    /// Purges expired rows.
    pub purge_expired: PurgeExpired,
    /// Writes refusals to the audit trail.
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
