//! The tables, as SeaORM sees them.

pub(super) mod audit_event;
pub(super) mod auth_session;
pub(super) mod throttle_bucket;
pub(super) mod user;
