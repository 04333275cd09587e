//! How failed attempts are throttled: the keys under `security.throttle`.

use chrono::TimeDelta;
use serde::Deserialize;

use super::values::{days, hours, seconds_delta, whole};
use crate::{
    application::throttle::ThrottlePolicy,
    domain::throttle::{InvalidThrottleRule, ThrottleRule},
};

/// Time after which a log-in expires that counts whether it fails or not.
const FORGET_LOG_IN: TimeDelta = TimeDelta::seconds(1);

/// How failed attempts are throttled.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThrottleConfig {
    /// Whether throttling is enabled.
    pub enabled: bool,
    /// Failed log-ins without a delay at one account from one network, or on the devices known to its user.
    #[serde(deserialize_with = "whole::<_, _, 1, 100>")]
    pub free_per_account_and_address: u32,
    /// Failures without a delay at one account, from any address.
    #[serde(deserialize_with = "whole::<_, _, 1, 100>")]
    pub free_per_account: u32,
    /// Failures without a delay from one address, at any accounts.
    #[serde(deserialize_with = "whole::<_, _, 1, 100_000>")]
    pub free_per_address: u32,
    /// Log-ins without a delay at one account from one address, successful ones included.
    #[serde(deserialize_with = "whole::<_, _, 1, 100_000>")]
    pub free_log_ins_per_account_and_address: u32,
    /// Sign-ups without a delay from one address.
    #[serde(deserialize_with = "whole::<_, _, 1, 100_000>")]
    pub free_sign_ups_per_address: u32,
    /// Unknown one-time links without a delay from one address.
    #[serde(deserialize_with = "whole::<_, _, 1, 100_000>")]
    pub free_unknown_links_per_address: u32,
    /// Wrong current passwords after which a session ends.
    #[serde(deserialize_with = "whole::<_, _, 1, 100>")]
    pub max_wrong_current_passwords_per_session: u32,
    /// Changes that a user may make within a minute, on each node.
    #[serde(deserialize_with = "whole::<_, _, 1, 100_000>")]
    pub max_changes_per_user_and_minute: u32,
    /// The first delay; each is twice as long as the one before.
    #[serde(rename = "first_delay_seconds", deserialize_with = "seconds_delta::<_, 1, 3600>")]
    pub first_delay: TimeDelta,
    /// The longest delay.
    #[serde(rename = "max_delay_seconds", deserialize_with = "seconds_delta::<_, 1, 86_400>")]
    pub max_delay: TimeDelta,
    /// Failures in a row after which an account is closed to unknown devices until one failure expires.
    #[serde(deserialize_with = "whole::<_, _, 1, 100>")]
    pub max_failures_per_account: u32,
    /// Time after which one failure at an account expires.
    #[serde(rename = "forget_account_failure_hours", deserialize_with = "hours::<_, 1, 8_760>")]
    pub forget_account_failure: TimeDelta,
    /// Time after which one failure, sign-up or unknown link from an address expires.
    #[serde(
        rename = "forget_address_failure_seconds",
        deserialize_with = "seconds_delta::<_, 1, 86_400>"
    )]
    pub forget_address_failure: TimeDelta,
    /// Time for which a device is known after the last log-in on it.
    #[serde(rename = "device_ttl_days", deserialize_with = "days::<_, 1, 3_650>")]
    pub device_ttl: TimeDelta,
}

impl ThrottleConfig {
    /// Returns the rules, or `None` if throttling is disabled.
    ///
    /// # Errors
    /// [`InvalidThrottleRule`], which values in their ranges do not cause.
    pub fn policy(&self) -> Result<Option<ThrottlePolicy>, InvalidThrottleRule> {
        if !self.enabled {
            return Ok(None);
        }
        let rule =
            |free, limit, forget_one| ThrottleRule::new(free, limit, self.first_delay, self.max_delay, forget_one);
        let of_account = |free| rule(free, self.max_failures_per_account, self.forget_account_failure);
        let of_address = |free| rule(free, u32::MAX, self.forget_address_failure);
        let in_session = self.max_wrong_current_passwords_per_session;
        Ok(Some(ThrottlePolicy {
            account: of_account(self.free_per_account)?,
            account_from: of_account(self.free_per_account_and_address)?,
            network: of_address(self.free_per_address)?,
            log_ins: rule(self.free_log_ins_per_account_and_address, u32::MAX, FORGET_LOG_IN)?,
            current_password: rule(in_session, in_session, self.forget_account_failure)?,
            sign_up: of_address(self.free_sign_ups_per_address)?,
            link: of_address(self.free_unknown_links_per_address)?,
            changes_per_minute: self.max_changes_per_user_and_minute,
            device_ttl: self.device_ttl,
        }))
    }
}
