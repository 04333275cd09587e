//! Queries of super admins about the audit trail. The operator has [`ReadAuditTrail`](super::operator::ReadAuditTrail).

mod list_audit_events;

pub use list_audit_events::{ListAuditEvents, ListAuditEventsError};
