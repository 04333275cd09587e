//! `gatehouse db`.

use anyhow::{Context, anyhow, bail};

use super::migrate::report_new_file;
use crate::{
    infrastructure::persistence::{self, CopyError, Database, DatabaseUrl, Migrations},
    presentation::cli::{DbCommand, Progress, report},
    setup::{
        configuration::{Configuration, DatabaseConfig},
        database,
    },
};

/// Copies the data from one database to another.
///
/// # Errors
/// If an address is invalid, a database lacks the schema of this program, the target has data, or a database fails.
/// Then nothing was copied, unless only the answer to the commit was lost.
pub async fn run(command: DbCommand, configuration: &Configuration) -> anyhow::Result<()> {
    let DbCommand::Copy { from, to } = command;
    let from = at(&from, configuration).context("--from")?;
    let to = at(&to, configuration).context("--to")?;
    if from.url == to.url {
        bail!("--from and --to are the same database");
    }
    let source = database::open_existing(&from).await.context("--from")?;
    let copied = database::use_then_close(source, async |source| {
        database::require_migrated(source).await.context("--from")?;
        let target = database::open_or_create(&to).await.context("--to")?;
        report_new_file(&target);
        database::use_then_close(target, async |target| copy(source, target).await).await
    })
    .await?;
    report(format_args!(
        "copied from {} to {}: users: {}, sessions: {}, audit events: {}, erased usernames: {}. To serve from there, \
         set database.url, and keep the secrets. What a running service has written since the copy began is not in it",
        from.url, to.url, copied.users, copied.sessions, copied.audit_events, copied.erased_usernames
    ));
    Ok(())
}

/// Returns the configuration of the database at an address.
fn at(url: &str, configuration: &Configuration) -> anyhow::Result<DatabaseConfig> {
    Ok(DatabaseConfig {
        url: DatabaseUrl::parse(url)?.or_defaults(configuration.postgres.defaults())?,
        ..configuration.database.clone()
    })
}

async fn copy(source: &Database, target: &Database) -> anyhow::Result<persistence::RowCounts> {
    prepare(target).await.context("--to")?;
    let progress = Progress::new()?;
    let show = |step: persistence::CopyProgress| progress.show(step.table, step.copied, step.total);
    persistence::copy(source, target, show).await.map_err(|error| {
        let advice = match error {
            CopyError::TargetNotEmpty { .. } => {
                ". To empty it, with all that is in it: `gatehouse migrate fresh`, with database.url naming it"
            }
            CopyError::CountsDiffer { .. } | CopyError::Failed(_) => "",
        };
        anyhow!("{error}{advice}")
    })
}

/// Applies all migrations to a database without any. One that has some must have all, because it may be in use.
async fn prepare(target: &Database) -> anyhow::Result<()> {
    let migrations = Migrations::new(target);
    if migrations.status().await?.iter().any(|migration| migration.is_applied) {
        return database::require_migrated(target).await;
    }
    migrations.up().await?;
    Ok(())
}
