//! The use cases of Gatehouse, one in each file: [`commands`] make changes, [`queries`] only read.
//!
//! Use cases depend on the [`domain`](crate::domain), and on the outside world only through the [`ports`]: traits that
//! they own and that the [`infrastructure`](crate::infrastructure) implements. Queries return [`views`], in pages of
//! [`paging`]. Several use cases share the services [`access`], [`audit`] and [`throttle`], and those beside them.
//!
//! A rule that needs no port belongs to the domain. Details of one entry point, such as statuses, cookies and JSON,
//! belong to [`presentation`](crate::presentation). Start reading at [`GrantAdmin`](commands::users::GrantAdmin).

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
