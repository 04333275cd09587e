//! The read side: each query reads outside of any transaction, and returns [`views`](super::views), never entities.
//!
//! Queries are grouped by caller, as the [`commands`](super::commands) are: [`account`], [`users`], [`audit`] for super
//! admins, [`operator`], [`links`] for whoever has one, and [`health`] for machines. A file has the use case with its
//! rules, its request, its errors, `execute`, and tests. No query uses a repository or a transaction, and none calls
//! another.

pub mod account;
pub mod audit;
pub mod health;
pub mod links;
pub mod operator;
pub mod users;
