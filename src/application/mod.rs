//! What Gatehouse does: one use case a file, in commands that change something and queries that only look.
//!
//! Use cases depend on the domain, and on the world outside only through the [`ports`]: traits that they own and that the
//! infrastructure implements.

mod actor;
pub mod audit;
pub mod authorization;
pub mod commands;
pub mod ports;
pub mod queries;
pub mod throttle;
pub mod views;

pub use actor::Actor;

#[cfg(test)]
pub(crate) mod testing;
