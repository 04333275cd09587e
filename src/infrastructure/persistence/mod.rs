//! Storage on SeaORM, whose types stay in this module.
//!
//! - The adapters: [`Database`] opens transactions and reads; its transactions are the repositories. The other ports
//!   have types of their own. Each port has a file.
//! - What they share: `entities` are the tables, `mapping` converts rows, `error` converts errors, `user_list` builds
//!   the statements of the list of users.
//! - [`database`] opens a database, and hides the differences between SQLite and PostgreSQL.
//! - What `setup` does to a database as a whole: [`Migrations`], [`copy`](self::copy()), [`peppers_in_use`] and
//!   [`highest_hash_cost`].
//!
//! The crate [`migration`] has the schema. `contract` tests the ports on every database.

mod audit_event_reader;
mod audit_event_repository;
mod auth_session_repository;
mod copy;
mod database;
mod entities;
mod erased_username_repository;
mod error;
mod identity_reader;
mod inline_values;
mod mapping;
mod migrations;
mod one_time_link_reader;
mod one_time_link_repository;
mod password_hashes;
mod purge;
mod readiness_probe;
mod session_reader;
mod session_toucher;
mod throttle_bucket_repository;
mod unit_of_work;
mod user_list;
mod user_reader;
mod user_repository;

pub use copy::{CopyError, CopyProgress, RowCounts, copy};
pub use database::{
    ConnectError, Database, DatabaseFile, DatabaseOptions, DatabaseUrl, InvalidDatabaseUrl, PostgresDefaults,
};
pub use identity_reader::SeaOrmIdentityReader;
pub use migrations::{MigrateError, MigrationState, Migrations};
pub use password_hashes::{
    MOST_COUNTED, count_users_above_hash_cost, count_users_of_pepper, highest_hash_cost, peppers_in_use,
};
pub use readiness_probe::DatabaseReadinessProbe;
pub use session_toucher::SeaOrmSessionToucher;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod testing;
