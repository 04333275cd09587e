use super::{AuditEventView, OneTimeLinkView, SessionView, UserDetails};
use crate::domain::throttle::ThrottleBucketState;

/// Everything that is stored of a person.
#[derive(Clone, Debug)]
pub struct UserExport {
    /// The account.
    pub details: UserDetails,
    /// All sessions, expired ones included until they are purged.
    pub sessions: Vec<SessionView>,
    /// The one-time link, expired or not until it is purged.
    pub link: Option<OneTimeLinkView>,
    /// The events by the person or about the person, newest first.
    pub audit_events: Vec<AuditEventView>,
    /// Failed log-ins to the account from unknown devices.
    pub failed_log_ins: Option<ThrottleBucketState>,
    /// Failed log-ins to the account on known devices.
    pub failed_log_ins_on_known_devices: Option<ThrottleBucketState>,
}
