//! Storage on SeaORM; its types stay in this module.
//!
//! - The adapters: [`SeaOrmUnitOfWork`] with a file for each repository, a file for each reader, and what records and
//!   probes.
//! - What they share: `entities` are the tables, `mapping` leads from rows to the core and back, `error` tells what may
//!   be tried again, `user_list` makes the statements of the list.
//! - [`database`]: to open a database, and all that differs between SQLite and PostgreSQL.
//! - What `setup` does to a database as a whole: [`Migrations`], [`copy`](self::copy()),
//!   [`peppers_in_use`](self::peppers_in_use()) and [`highest_hash_cost`].
//!
//! The schema itself is the crate [`migration`]. `contract` runs the contract of the ports on every database.

mod audit_event_reader;
mod audit_event_repository;
mod auth_session_repository;
mod copy;
mod database;
mod entities;
mod error;
mod hash_costs;
mod identity_reader;
mod last_seen_recorder;
mod mapping;
mod migrations;
mod peppers_in_use;
mod purge;
mod readiness_probe;
mod session_reader;
mod throttle_bucket_repository;
mod unit_of_work;
mod user_list;
mod user_reader;
mod user_repository;

pub use audit_event_reader::SeaOrmAuditEventReader;
pub use copy::{CopyError, CopyProgress, RowCounts, copy};
pub use database::{
    ConnectError, Database, DatabaseFile, DatabaseOptions, DatabaseUrl, InvalidDatabaseUrl, PostgresDefaults,
};
pub use hash_costs::{count_users_above_hash_cost, highest_hash_cost};
pub use identity_reader::SeaOrmIdentityReader;
pub use last_seen_recorder::SeaOrmLastSeenRecorder;
pub use migrations::{MigrateError, MigrationState, Migrations};
pub use peppers_in_use::{MOST_COUNTED, count_users_of_pepper, peppers_in_use};
pub use readiness_probe::DatabaseReadinessProbe;
pub use session_reader::SeaOrmSessionReader;
pub use unit_of_work::SeaOrmUnitOfWork;
pub use user_reader::SeaOrmUserReader;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod testing;
