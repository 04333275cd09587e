//! Opens the configured database and checks its schema.

use anyhow::{Context, bail};

use super::configuration::DatabaseConfig;
use crate::infrastructure::persistence::{Database, DatabaseOptions, DatabaseUrl, Migrations};

/// Opens the configured database with its replica, if it has one.
///
/// Creates a missing database if the start may also give it a schema.
///
/// # Errors
/// If it cannot be opened.
pub async fn open_to_serve(config: &DatabaseConfig) -> anyhow::Result<Database> {
    open(config, config.read_url.as_ref(), config.migrate_on_start).await
}

/// Logs which database is open, and whether it is new.
pub fn announce(config: &DatabaseConfig, database: &Database) {
    match database.file() {
        Some(file) if file.is_new => log::info!("there was no database: the file {} was made", file.path.display()),
        Some(file) => log::info!("the database is the file {}", file.path.display()),
        None => log::info!("the database is {}", config.url),
    }
}

/// Opens the configured database, and creates it if it is missing.
///
/// # Errors
/// If it cannot be opened.
pub async fn open_or_create(config: &DatabaseConfig) -> anyhow::Result<Database> {
    open(config, None, true).await
}

/// Opens the configured database, which must exist.
///
/// # Errors
/// If it is missing or cannot be opened.
pub async fn open_existing(config: &DatabaseConfig) -> anyhow::Result<Database> {
    open(config, None, false).await
}

/// Runs `work` on a database and closes it, whatever the outcome.
///
/// # Errors
/// Those of `work`.
pub async fn use_then_close<T>(
    database: Database,
    work: impl AsyncFnOnce(&Database) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let outcome = work(&database).await;
    database.close().await;
    outcome
}

/// Applies pending migrations, if the start may.
///
/// # Errors
/// If it cannot be migrated, or if migrations are pending that the start may not apply.
pub async fn migrate_on_start(config: &DatabaseConfig, database: &Database) -> anyhow::Result<()> {
    if !config.migrate_on_start {
        return require_migrated(database).await;
    }
    for name in Migrations::new(database).up().await? {
        log::info!("migration {name} was applied");
    }
    Ok(())
}

/// Requires the schema of this program.
///
/// # Errors
/// If migrations are pending, or the database has some that this program does not know.
pub async fn require_migrated(database: &Database) -> anyhow::Result<()> {
    let pending = Migrations::new(database).pending().await?;
    if !pending.is_empty() {
        bail!(
            "migrations are pending: {}. Apply them first: `gatehouse migrate up`, with database.url naming this \
             database",
            pending.join(", ")
        );
    }
    Ok(())
}

async fn open(config: &DatabaseConfig, read_url: Option<&DatabaseUrl>, create: bool) -> anyhow::Result<Database> {
    let options = DatabaseOptions {
        url: config.url.clone(),
        read_url: read_url.cloned(),
        create,
        max_connections: config.max_connections,
        acquire_timeout: config.acquire_timeout,
        max_transaction_wait: config.max_transaction_wait,
        busy_timeout: config.busy_timeout,
        statement_timeout: config.statement_timeout,
    };
    Database::connect(&options)
        .await
        .with_context(|| format!("database {}", config.url))
}
