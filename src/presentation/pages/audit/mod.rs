//! The pages of the audit trail.

pub mod list_audit_events;
