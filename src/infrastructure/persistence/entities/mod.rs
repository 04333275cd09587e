//! The tables as SeaORM sees them. A row is a `Model` without rules, which `mapping` converts.

pub(super) mod audit_event;
pub(super) mod auth_session;
pub(super) mod erased_username;
pub(super) mod one_time_link;
pub(super) mod throttle_bucket;
pub(super) mod user;
