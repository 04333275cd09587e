//! What Gatehouse does: one use case a file, in [`commands`] that change something and [`queries`] that only look.
//!
//! Use cases depend on the [`domain`](crate::domain), and on the world outside only through the [`ports`]: traits that
//! they own and that the [`infrastructure`](crate::infrastructure) implements. What queries return are
//! [`views`], in pages of [`paging`]. What several use cases share are services: [`access`], [`audit`], [`throttle`], and those beside
//! the use cases that they serve.
//!
//! A rule that needs no port belongs into the domain. What only serves one way in, such as statuses, cookies and JSON,
//! belongs to [`presentation`](crate::presentation). Begin with [`GrantAdmin`](commands::users::GrantAdmin).

pub mod access;
pub mod audit;
pub mod audit_trail;
pub mod commands;
pub mod paging;
pub mod ports;
pub mod queries;
pub mod throttle;
pub mod views;

#[cfg(test)]
pub(crate) mod testing;
