//! `gatehouse migrate`.

use crate::{
    infrastructure::persistence::Migrations,
    presentation::cli::{MigrateCommand, confirm_destruction, say},
    setup::{configuration::DatabaseConfig, database},
};

/// Brings the schema of the database to that of this program, or back.
///
/// # Errors
/// If the database fails, or the operator does not confirm what destroys data.
pub async fn run(command: MigrateCommand, config: &DatabaseConfig) -> anyhow::Result<()> {
    match command {
        MigrateCommand::Down { yes, .. } => {
            confirm_destruction(&format!("Undoing migrations of {} destroys data.", config.url), yes)?;
        }
        MigrateCommand::Fresh { yes } => {
            confirm_destruction(
                &format!(
                    "This destroys all data in {}, that of other programs included.",
                    config.url
                ),
                yes,
            )?;
        }
        MigrateCommand::Up | MigrateCommand::Status => {}
    }
    let database = match command {
        MigrateCommand::Up | MigrateCommand::Fresh { .. } => database::open_or_create(config).await?,
        MigrateCommand::Down { .. } | MigrateCommand::Status => database::open_existing(config).await?,
    };
    let outcome = migrate(&command, &Migrations::new(&database)).await;
    database.close().await;
    outcome
}

async fn migrate(command: &MigrateCommand, migrations: &Migrations<'_>) -> anyhow::Result<()> {
    match command {
        MigrateCommand::Up => list("apply", "applied", &migrations.up().await?),
        MigrateCommand::Down { steps, .. } => list("undo", "undone", &migrations.down(*steps).await?),
        MigrateCommand::Fresh { .. } => {
            migrations.fresh().await?;
            say("every table was dropped and recreated")
        }
        MigrateCommand::Status => {
            for state in migrations.status().await? {
                let applied = if state.is_applied { "applied" } else { "pending" };
                say(format_args!("{applied}  {}", state.name))?;
            }
            Ok(())
        }
    }
}

fn list(order: &str, done: &str, names: &[String]) -> anyhow::Result<()> {
    if names.is_empty() {
        return say(format_args!("there is nothing to {order}"));
    }
    for name in names {
        say(format_args!("{done}  {name}"))?;
    }
    Ok(())
}
