use chrono::TimeDelta;

use super::ThrottleSubject;
use crate::domain::throttle::ThrottleRule;

/// By which rule each kind of attempt is counted, and how long a device is known.
#[derive(Clone, Copy, Debug)]
pub struct ThrottlePolicy {
    /// Failures at one account, wherever they come from.
    pub account: ThrottleRule,
    /// Failures at one account from one place, or from one known device.
    pub account_from: ThrottleRule,
    /// Failures from one place, at whatever accounts.
    pub network: ThrottleRule,
    /// Sign-ups from one place.
    pub sign_up: ThrottleRule,
    /// How long a device is known since the last log-in on it.
    pub device_ttl: TimeDelta,
}

impl ThrottlePolicy {
    /// The rule for attempts that count against `subject`.
    pub(super) fn rule(&self, subject: &ThrottleSubject) -> ThrottleRule {
        match subject {
            ThrottleSubject::Account(_) => self.account,
            ThrottleSubject::AccountFrom(..) | ThrottleSubject::Device(_) | ThrottleSubject::CurrentPassword(_) => {
                self.account_from
            }
            ThrottleSubject::LogInsFrom(_) => self.network,
            ThrottleSubject::SignUpsFrom(_) => self.sign_up,
        }
    }
}
