//! The tables, as SeaORM sees them: a row is a `Model`, and has neither rules nor methods. What a row means, `mapping`
//! says.

pub(super) mod audit_event;
pub(super) mod auth_session;
pub(super) mod throttle_bucket;
pub(super) mod user;
