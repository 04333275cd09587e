//! What super admins may see of the audit trail.

mod list_audit_events;

pub use list_audit_events::{ListAuditEvents, ListAuditEventsError};
