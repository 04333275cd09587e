//! `gatehouse db`.

use anyhow::{Context, bail};

use crate::{
    infrastructure::persistence::{self, Database, DatabaseUrl, Migrations},
    presentation::cli::{DbCommand, Progress, say},
    setup::{
        configuration::{Configuration, DatabaseConfig},
        database,
    },
};

/// Copies the data from one database to another.
///
/// # Errors
/// If an address is none, a database has not the schema of this program, the target has users, or one of the databases
/// fails. Nothing was copied then, unless it was the answer to the commit that failed to come.
pub async fn run(command: DbCommand, configuration: &Configuration) -> anyhow::Result<()> {
    let DbCommand::Copy { from, to } = command;
    let from = at(&from, configuration).context("--from")?;
    let to = at(&to, configuration).context("--to")?;
    if from.url == to.url {
        bail!("--from and --to are the same database");
    }
    let source = database::open_existing(&from).await.context("--from")?;
    let outcome = async {
        database::require_migrated(&source).await.context("--from")?;
        let target = database::open_or_create(&to).await.context("--to")?;
        let outcome = copy(&source, &target).await;
        target.close().await;
        outcome
    }
    .await;
    source.close().await;
    let copied = outcome?;
    say(format_args!(
        "copied from {} to {}: users: {}, sessions: {}, audit events: {}. To serve from there, set database.url, and keep the \
         secrets",
        from.url, to.url, copied.users, copied.sessions, copied.audit_events
    ))
}

/// How to reach the database at an address.
fn at(url: &str, configuration: &Configuration) -> anyhow::Result<DatabaseConfig> {
    Ok(DatabaseConfig {
        url: DatabaseUrl::parse(url)?.or_defaults(configuration.postgres.defaults())?,
        ..configuration.database.clone()
    })
}

async fn copy(source: &Database, target: &Database) -> anyhow::Result<persistence::Copied> {
    prepare(target).await.context("--to")?;
    let progress = Progress::new()?;
    let show = |step: persistence::CopyProgress| progress.show(step.table, step.copied, step.total);
    Ok(persistence::copy(source, target, show).await?)
}

/// Gives a database without any migration the schema; one that has some must have all, for its data are somebody's.
async fn prepare(target: &Database) -> anyhow::Result<()> {
    let migrations = Migrations::new(target);
    if migrations.status().await?.iter().any(|migration| migration.is_applied) {
        return database::require_migrated(target).await;
    }
    migrations.up().await?;
    Ok(())
}
