use crate::application::audit_trail::AuditEvent;

/// An event as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEventView {
    /// The event.
    pub event: AuditEvent,
    /// What the user is called who did it.
    pub actor_username: Option<String>,
    /// What the user is called whom it was done to.
    pub target_username: Option<String>,
}
