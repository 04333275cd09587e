//! What super admins may see of the audit trail. The operator sees it by
//! [`ReadAuditTrail`](super::operator::ReadAuditTrail).

mod list_audit_events;

pub use list_audit_events::{ListAuditEvents, ListAuditEventsError};
