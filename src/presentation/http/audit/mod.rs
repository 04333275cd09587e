//! The audit trail, for super admins: `/api/v1/audit`.

mod audit_event_view;
pub(super) mod list_audit_events;
