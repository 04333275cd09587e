//! The tables, as SeaORM sees them.

pub(super) mod auth_session;
pub(super) mod user;
