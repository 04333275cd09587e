use chrono::TimeDelta;

use super::ThrottleSubject;
use crate::domain::throttle::ThrottleRule;

/// The rule for each kind of attempt, the budget of changes, and how long a device is known.
#[derive(Clone, Copy, Debug)]
pub struct ThrottlePolicy {
    /// Failed log-ins to one account from everywhere.
    pub account: ThrottleRule,
    /// Failed log-ins to one account from one network, or on the devices known to its user.
    pub account_from: ThrottleRule,
    /// Failed log-ins from one network to all accounts.
    pub network: ThrottleRule,
    /// All log-ins to one account from one network, successful ones included.
    pub log_ins: ThrottleRule,
    /// Wrong current passwords in one session. The session ends at the limit.
    pub current_password: ThrottleRule,
    /// Sign-ups from one network.
    pub sign_up: ThrottleRule,
    /// Unknown one-time links from one network.
    pub link: ThrottleRule,
    /// Changes that a user may make within a minute, on each node.
    pub changes_per_minute: u32,
    /// How long a device is known after the last log-in on it.
    pub device_ttl: TimeDelta,
}

impl ThrottlePolicy {
    /// Returns the rule for attempts that count against `subject`.
    pub(super) fn rule(&self, subject: &ThrottleSubject) -> ThrottleRule {
        match subject {
            ThrottleSubject::Account(_) => self.account,
            ThrottleSubject::AccountFrom(..) | ThrottleSubject::KnownDevices(_) => self.account_from,
            ThrottleSubject::LogInsFrom(_) => self.network,
            ThrottleSubject::LogInsTo(..) => self.log_ins,
            ThrottleSubject::CurrentPassword(_) => self.current_password,
            ThrottleSubject::SignUpsFrom(_) => self.sign_up,
            ThrottleSubject::LinksFrom(_) => self.link,
        }
    }
}
