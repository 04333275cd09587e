//! The services, and the use cases with many ports, on the fakes of a [`World`].

use std::{num::NonZero, sync::Arc};

use chrono::TimeDelta;

use super::{
    World,
    fakes::{FakeAccessTokens, FakeErasedUsernameKeys, FakePassTokens, FakeThrottleKeys},
};
use crate::{
    application::{
        audit::Audit,
        audit_trail::OperatorName,
        commands::{
            Changes, Erasure, NewPasswords, Registration,
            account::{
                Authenticate, ChangePassword, IssuePass, LogIn, PasswordCheck, SessionCheck, SessionIssue, SignUp,
                VerifyCaller,
            },
            links::{IssueLink, LinkIssue, RedeemLink},
            operator::ChangeAccount,
        },
        queries::links::ReadLink,
        throttle::{AbandonedAttempts, ChangeBudget, Throttle, ThrottlePolicy},
    },
    domain::{link::LinkLifetimes, session::SessionLifetime, throttle::ThrottleRule, user::PasswordPolicy},
};

impl World {
    pub(crate) fn session_lifetime(&self) -> SessionLifetime {
        SessionLifetime::new(TimeDelta::minutes(60), TimeDelta::minutes(150), 0.5).unwrap()
    }

    pub(crate) fn registration(&self) -> Arc<Registration> {
        Arc::new(Registration {
            new_passwords: self.new_passwords(),
            password_hasher: self.password_hasher(),
            erased_username_keys: Arc::new(FakeErasedUsernameKeys),
            clock: self.clock(),
            random: self.random.clone(),
        })
    }

    pub(crate) fn new_passwords(&self) -> Arc<NewPasswords> {
        Arc::new(NewPasswords {
            policy: PasswordPolicy::new(8),
            breached: Some(self.breached_passwords()),
        })
    }

    pub(crate) fn audit(&self) -> Arc<Audit> {
        Arc::new(Audit {
            refusals: self.refusals.clone(),
            clock: self.clock(),
            random: self.random.clone(),
            operator: OperatorName::new("ops"),
        })
    }

    pub(crate) fn throttle(&self) -> Arc<Throttle> {
        let rule = |free, limit| {
            ThrottleRule::new(free, limit, Self::FIRST_DELAY, Self::MAX_DELAY, Self::FORGET_ONE_AFTER).unwrap()
        };
        let policy = ThrottlePolicy {
            account: rule(2 * Self::FREE_ATTEMPTS, Self::MOST_FAILURES),
            account_from: rule(Self::FREE_ATTEMPTS, Self::MOST_FAILURES),
            network: rule(3 * Self::FREE_ATTEMPTS, u32::MAX),
            log_ins: rule(Self::FREE_LOG_INS, u32::MAX),
            current_password: rule(Self::FREE_ATTEMPTS, Self::FREE_ATTEMPTS),
            sign_up: rule(Self::FREE_ATTEMPTS, u32::MAX),
            link: rule(Self::FREE_ATTEMPTS, u32::MAX),
            changes_per_minute: Self::CHANGES_PER_MINUTE,
            device_ttl: Self::DEVICE_TTL,
        };
        Arc::new(Throttle {
            policy: Some(policy),
            unit_of_work: self.store(),
            keys: Arc::new(FakeThrottleKeys),
            device_tokens: self.device_tokens.clone(),
            changes: ChangeBudget::default(),
            abandoned: AbandonedAttempts::default(),
            clock: self.clock(),
        })
    }

    pub(crate) fn changes(&self) -> Arc<Changes> {
        Arc::new(Changes {
            unit_of_work: self.store(),
            throttle: self.throttle(),
            audit: self.audit(),
            clock: self.clock(),
        })
    }

    pub(crate) fn erasure(&self) -> Arc<Erasure> {
        Arc::new(Erasure {
            erased_username_keys: Arc::new(FakeErasedUsernameKeys),
            throttle: self.throttle(),
        })
    }

    pub(crate) fn change_account(&self) -> Arc<ChangeAccount> {
        Arc::new(ChangeAccount {
            unit_of_work: self.store(),
            audit: self.audit(),
            throttle: self.throttle(),
            clock: self.clock(),
        })
    }

    pub(crate) fn sign_up_use_case(&self) -> SignUp {
        SignUp {
            registration: self.registration(),
            unit_of_work: self.store(),
            throttle: self.throttle(),
            audit: self.audit(),
            enabled: true,
        }
    }

    pub(crate) fn log_in(&self) -> LogIn {
        LogIn {
            password_check: PasswordCheck {
                identities: self.store(),
                unit_of_work: self.store(),
                password_hasher: self.password_hasher(),
                throttle: self.throttle(),
                audit: self.audit(),
            },
            session_issue: SessionIssue {
                access_tokens: Arc::new(FakeAccessTokens),
                session_lifetime: self.session_lifetime(),
                max_sessions: NonZero::new(3).unwrap(),
                throttle: self.throttle(),
                audit: self.audit(),
                clock: self.clock(),
                random: self.random.clone(),
            },
        }
    }

    pub(crate) fn authenticate(&self) -> Authenticate {
        Authenticate {
            session_check: self.session_check(),
            access_tokens: Arc::new(FakeAccessTokens),
            clock: self.clock(),
        }
    }

    fn session_check(&self) -> Arc<SessionCheck> {
        Arc::new(SessionCheck {
            identities: self.store(),
            session_toucher: self.store(),
            session_lifetime: self.session_lifetime(),
        })
    }

    pub(crate) fn issue_pass(&self) -> IssuePass {
        IssuePass {
            pass_tokens: Arc::new(FakePassTokens),
            session_lifetime: self.session_lifetime(),
            clock: self.clock(),
        }
    }

    pub(crate) fn verify_caller(&self) -> VerifyCaller {
        VerifyCaller {
            session_check: self.session_check(),
            access_tokens: Arc::new(FakeAccessTokens),
            pass_tokens: Arc::new(FakePassTokens),
            audit: self.audit(),
            clock: self.clock(),
        }
    }

    pub(crate) fn link_lifetimes(&self) -> LinkLifetimes {
        LinkLifetimes {
            invitation: TimeDelta::hours(72),
            recovery: TimeDelta::hours(24),
        }
    }

    pub(crate) fn link_issue(&self) -> Arc<LinkIssue> {
        Arc::new(LinkIssue {
            lifetimes: self.link_lifetimes(),
            random: self.random.clone(),
        })
    }

    pub(crate) fn issue_link(&self) -> IssueLink {
        IssueLink {
            link_issue: self.link_issue(),
            changes: self.changes(),
        }
    }

    pub(crate) fn redeem_link(&self) -> RedeemLink {
        RedeemLink {
            links: self.store(),
            unit_of_work: self.store(),
            password_hasher: self.password_hasher(),
            new_passwords: self.new_passwords(),
            throttle: self.throttle(),
            audit: self.audit(),
            clock: self.clock(),
        }
    }

    pub(crate) fn read_link_use_case(&self) -> ReadLink {
        ReadLink {
            links: self.store(),
            throttle: self.throttle(),
            audit: self.audit(),
            clock: self.clock(),
        }
    }

    pub(crate) fn change_password(&self) -> ChangePassword {
        ChangePassword {
            identities: self.store(),
            changes: self.changes(),
            new_passwords: self.new_passwords(),
            password_hasher: self.password_hasher(),
            throttle: self.throttle(),
            access_tokens: Arc::new(FakeAccessTokens),
            session_lifetime: self.session_lifetime(),
            random: self.random.clone(),
            admins_set_passwords: true,
        }
    }
}
