use crate::application::audit_trail::AuditEvent;

/// An event with the names of its users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEventView {
    /// The event.
    pub event: AuditEvent,
    /// The username of the actor.
    pub actor_username: Option<String>,
    /// The username of the target.
    pub target_username: Option<String>,
}
