//! `gatehouse migrate`.

use crate::{
    infrastructure::persistence::{Database, Migrations},
    presentation::cli::{MigrateCommand, confirm_destruction, report, say},
    setup::{configuration::DatabaseConfig, database},
};

/// Applies, undoes or lists migrations.
///
/// # Errors
/// If the database fails, or the operator does not confirm a command that destroys data.
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
        MigrateCommand::Up => database::open_or_create(config).await?,
        MigrateCommand::Fresh { .. } | MigrateCommand::Down { .. } | MigrateCommand::Status => {
            database::open_existing(config).await?
        }
    };
    report_new_file(&database);
    let migrate = async |database: &Database| migrate(&command, &Migrations::new(database)).await;
    database::use_then_close(database, migrate).await
}

async fn migrate(command: &MigrateCommand, migrations: &Migrations<'_>) -> anyhow::Result<()> {
    match command {
        MigrateCommand::Up => list("apply", "applied", &migrations.up().await?),
        MigrateCommand::Down { steps, .. } => list("undo", "undone", &migrations.down(*steps).await?),
        MigrateCommand::Fresh { .. } => {
            migrations.fresh().await?;
            report("every table was dropped and recreated");
        }
        MigrateCommand::Status => {
            for state in migrations.status().await? {
                let applied = if state.is_applied { "applied" } else { "pending" };
                say(format_args!("{applied}  {}", state.name))?;
            }
        }
    }
    Ok(())
}

/// Reports the file of a new database.
pub(super) fn report_new_file(database: &Database) {
    if let Some(file) = database.file().filter(|file| file.is_new) {
        report(format_args!("created  {}", file.path.display()));
    }
}

fn list(order: &str, done: &str, names: &[String]) {
    if names.is_empty() {
        report(format_args!("there is nothing to {order}"));
    }
    for name in names {
        report(format_args!("{done}  {name}"));
    }
}
