//! Storage on SeaORM. What differs between databases stays in [`Database`]; SeaORM's types stay in this module.

mod auth_session_repository;
mod database;
mod entities;
mod error;
mod identity_reader;
mod mapping;
mod migrations;
mod readiness_probe;
mod unit_of_work;
mod user_reader;
mod user_repository;

pub use database::{ConnectError, Database, DatabaseOptions};
pub use identity_reader::SeaOrmIdentityReader;
pub use migrations::{MigrateError, MigrationState, Migrations};
pub use readiness_probe::DatabaseReadinessProbe;
pub use unit_of_work::SeaOrmUnitOfWork;
pub use user_reader::SeaOrmUserReader;

#[cfg(test)]
mod contract {
    use std::sync::Arc;

    use super::*;
    use crate::application::ports::contract::{Storage, storage_contract};

    async fn sqlite() -> Storage {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("gatehouse.db");
        let options = DatabaseOptions::new(format!("sqlite:{}", path.display()));
        let database = Database::connect(&options).await.unwrap();
        Migrations::new(&database).up().await.unwrap();
        Storage {
            unit_of_work: Arc::new(SeaOrmUnitOfWork::new(&database)),
            users: Arc::new(SeaOrmUserReader::new(&database)),
            identities: Arc::new(SeaOrmIdentityReader::new(&database)),
            guard: Box::new(directory),
        }
    }

    storage_contract!(sqlite);
}
