//! Storage on SeaORM. What differs between databases stays behind [`Database`]; SeaORM's types stay in this module.

mod audit_event_reader;
mod audit_event_repository;
mod auth_session_repository;
mod copy;
mod database;
mod entities;
mod error;
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
pub use copy::{Copied, CopyError, CopyProgress, copy};
pub use database::{ConnectError, Database, DatabaseOptions, DatabaseUrl, InvalidDatabaseUrl, PostgresDefaults};
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
