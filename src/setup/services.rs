use std::sync::Arc;

use super::adapters::Adapters;
use crate::application::{
    audit::{Audit, Refusals},
    audit_trail::OperatorName,
    commands::{Changes, Erasure, NewPasswords, Registration, account::SessionCheck, links::LinkIssue},
    throttle::{AbandonedAttempts, ChangeBudget, Throttle},
};

/// The services that several use cases share, built on the adapters.
#[derive(Clone)]
pub struct Services {
    pub refusals: Arc<Refusals>,
    pub audit: Arc<Audit>,
    pub throttle: Arc<Throttle>,
    pub session_check: Arc<SessionCheck>,
    pub new_passwords: Arc<NewPasswords>,
    pub registration: Arc<Registration>,
    pub link_issue: Arc<LinkIssue>,
    pub changes: Arc<Changes>,
    pub erasure: Arc<Erasure>,
}

impl Services {
    /// Builds every service on the adapters; `operator` is the name for the audit trail of a command.
    pub fn new(adapters: &Adapters, operator: Option<OperatorName>) -> Self {
        let refusals = Arc::<Refusals>::default();
        let audit = Arc::new(Audit {
            refusals: refusals.clone(),
            clock: adapters.clock.clone(),
            random: adapters.random.clone(),
            operator,
        });
        let throttle = Arc::new(Throttle {
            policy: adapters.throttle_policy,
            unit_of_work: adapters.unit_of_work.clone(),
            keys: adapters.throttle_keys.clone(),
            device_tokens: adapters.device_tokens.clone(),
            changes: ChangeBudget::default(),
            abandoned: AbandonedAttempts::default(),
            clock: adapters.clock.clone(),
        });
        let new_passwords = Arc::new(NewPasswords {
            policy: adapters.password_policy.clone(),
            breached: adapters.breached_passwords.clone(),
        });
        Self {
            refusals,
            session_check: Arc::new(SessionCheck {
                identities: adapters.identities.clone(),
                session_toucher: adapters.session_toucher.clone(),
                session_lifetime: adapters.session_lifetime,
            }),
            registration: Arc::new(Registration {
                new_passwords: new_passwords.clone(),
                password_hasher: adapters.password_hasher.clone(),
                erased_username_keys: adapters.erased_username_keys.clone(),
                clock: adapters.clock.clone(),
                random: adapters.random.clone(),
            }),
            link_issue: Arc::new(LinkIssue {
                lifetimes: adapters.link_lifetimes,
                random: adapters.random.clone(),
            }),
            changes: Arc::new(Changes {
                unit_of_work: adapters.unit_of_work.clone(),
                throttle: throttle.clone(),
                audit: audit.clone(),
                clock: adapters.clock.clone(),
            }),
            erasure: Arc::new(Erasure {
                erased_username_keys: adapters.erased_username_keys.clone(),
                throttle: throttle.clone(),
            }),
            new_passwords,
            audit,
            throttle,
        }
    }
}
