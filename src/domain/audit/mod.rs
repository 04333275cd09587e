//! What is remembered of what people do: the events of the audit trail.

mod action;
mod actor;
mod event;
mod id;
mod names;
mod provenance;
mod refusal_reason;

pub use action::AuditAction;
pub use actor::AuditActor;
pub use event::AuditEvent;
pub use id::AuditEventId;
pub use provenance::Provenance;
pub use refusal_reason::RefusalReason;
