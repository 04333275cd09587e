//! What is remembered of what people do: the [`AuditEvent`] and its parts, with the names by which storage and clients
//! know them.
//!
//! When an event is written, and how refusals are counted together, is the [service](crate::application::audit) of the
//! same name.

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
