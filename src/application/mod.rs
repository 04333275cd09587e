//! What Gatehouse does: one use case a file, in [`commands`] that change something and [`queries`] that only look.
//!
//! Use cases depend on the [`domain`](crate::domain), and on the world outside only through the [`ports`]: traits that
//! they own and that the [`infrastructure`](crate::infrastructure) implements. What queries return, and ask for, are
//! [`views`], and what is remembered of use cases is the [`audit_trail`]. What several use cases share are services:
//! [`audit`], [`throttle`], [`authorization`], and those beside the use cases that they serve.
//!
//! A rule that needs no port belongs into the domain. What only serves one way in, such as statuses, cookies and JSON,
//! belongs to [`presentation`](crate::presentation). Begin with [`GrantAdmin`](commands::users::GrantAdmin).

mod actor;
pub mod audit;
pub mod audit_trail;
pub mod authorization;
pub mod commands;
pub mod ports;
pub mod queries;
pub mod throttle;
pub mod views;

pub use actor::Actor;

#[cfg(test)]
pub(crate) mod testing;
