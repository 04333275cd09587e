//! What super admins may see of the audit trail.

mod list_audit_events;
mod page;

pub use list_audit_events::{ListAuditEvents, ListAuditEventsError};
pub use page::{AuditEventFilter, AuditEventPage, AuditEventPageRequest, AuditEventView};
