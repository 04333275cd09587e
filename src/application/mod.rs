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
mod session_view;
pub mod throttle;
mod user_view;

pub use actor::Actor;
pub use session_view::SessionView;
pub use user_view::UserView;

#[cfg(test)]
pub(crate) mod testing;
