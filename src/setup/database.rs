use anyhow::{Context, bail};

use super::configuration::DatabaseConfig;
use crate::infrastructure::persistence::{Database, DatabaseOptions, Migrations};

/// Opens the configured database as it is.
///
/// # Errors
/// If it cannot be opened.
pub async fn open(config: &DatabaseConfig) -> anyhow::Result<Database> {
    let options = DatabaseOptions {
        url: config.url.as_str().to_owned(),
        create: true,
        max_connections: config.max_connections,
        acquire_timeout: config.acquire_timeout,
        busy_timeout: config.busy_timeout,
    };
    Database::connect(&options)
        .await
        .with_context(|| format!("database.url {}", config.url))
}

/// Opens the configured database and sees to it that it has the schema of this program.
///
/// # Errors
/// If it cannot be opened or migrated, or if migrations are pending that the start is not to apply.
pub async fn open_migrated(config: &DatabaseConfig) -> anyhow::Result<Database> {
    let database = open(config).await?;
    let migrations = Migrations::new(&database);
    if config.migrate_on_start {
        for name in migrations.up().await? {
            log::info!("migration {name} was applied");
        }
    } else {
        let states = migrations.status().await?;
        let pending: Vec<_> = states
            .into_iter()
            .filter(|state| !state.is_applied)
            .map(|state| state.name)
            .collect();
        if !pending.is_empty() {
            bail!(
                "migrations are pending: {}. Run `gatehouse migrate up`, or set database.migrate_on_start",
                pending.join(", ")
            );
        }
    }
    Ok(database)
}
