//! What super admins may see of what others did: `/api/v1/audit`.

mod audit_event_view;
pub(super) mod list_audit_events;
