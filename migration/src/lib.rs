//! The database schema of Gatehouse, one file per migration, in the order in which they are applied.
//!
//! A released migration never changes: a later one changes its result. Each runs on SQLite and on PostgreSQL, and can
//! be undone. None uses code of the program, because a later version of the program may run it. The program decides
//! when to run them.

mod m20261122_000001_create_users;
mod m20261122_000002_create_auth_sessions;
mod m20261123_000001_index_users;
mod m20261123_000002_add_session_details;
mod m20261123_000003_index_sessions_expiry;
mod m20261123_000004_index_pepper_ids;
mod m20261127_000001_create_throttle_buckets;
mod m20261127_000002_create_audit_events;
mod m20261127_000003_index_filtered_users;
mod m20261128_000001_add_credentials_generation;
mod m20261128_000002_index_hash_costs;
mod m20261128_000003_add_audit_actor_details;
mod m20261129_000001_create_one_time_links;
mod m20261129_000002_create_erased_usernames;
mod m20261129_000003_add_user_last_seen_at;
mod m20261129_000004_leave_room_for_updates;

use sea_orm_migration::prelude::{MigrationTrait, async_trait};
pub use sea_orm_migration::{MigrationStatus, prelude::MigratorTrait, seaql_migrations};

/// Migrates a database to the schema of this version of Gatehouse, and back.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_users::Migration),
            Box::new(m20261122_000002_create_auth_sessions::Migration),
            Box::new(m20261123_000001_index_users::Migration),
            Box::new(m20261123_000002_add_session_details::Migration),
            Box::new(m20261123_000003_index_sessions_expiry::Migration),
            Box::new(m20261123_000004_index_pepper_ids::Migration),
            Box::new(m20261127_000001_create_throttle_buckets::Migration),
            Box::new(m20261127_000002_create_audit_events::Migration),
            Box::new(m20261127_000003_index_filtered_users::Migration),
            Box::new(m20261128_000001_add_credentials_generation::Migration),
            Box::new(m20261128_000002_index_hash_costs::Migration),
            Box::new(m20261128_000003_add_audit_actor_details::Migration),
            Box::new(m20261129_000001_create_one_time_links::Migration),
            Box::new(m20261129_000002_create_erased_usernames::Migration),
            Box::new(m20261129_000003_add_user_last_seen_at::Migration),
            Box::new(m20261129_000004_leave_room_for_updates::Migration),
        ]
    }
}
