//! The events of the audit trail, with the stable names that storage and clients use.
//!
//! The service [`audit`](super::audit) writes them, and the ports of storage take and return them. Begin with
//! [`AuditEvent`].

mod action;
mod actor;
mod event;
mod id;
mod names;
mod operator_name;
mod provenance;
mod refusal_reason;

pub use action::AuditAction;
pub use actor::{AuditActor, AuditActorKind};
pub use event::AuditEvent;
pub use id::AuditEventId;
pub use operator_name::OperatorName;
pub use provenance::Provenance;
pub use refusal_reason::RefusalReason;
