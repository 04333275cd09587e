//! The databases for tests: SQLite, and PostgreSQL if `TEST_POSTGRES_URL` names a server where databases may be
//! created. Without it, tests that need PostgreSQL are reported as ignored.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may panic")]

mod client;
mod macros;
mod postgres_database;
mod postgres_server;

pub use macro_rules_attribute::apply;
pub use postgres_database::PostgresDatabase;
pub use postgres_server::{FrozenServer, PostgresServer};

/// The kind of database that a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A separate file for each test.
    Sqlite,
    /// A separate [`PostgresDatabase`] for each test.
    Postgres,
}
