//! The operational commands of the command line.
//!
//! The commands that drive use cases are in [`presentation::cli`](crate::presentation::cli).

mod config;
mod db;
mod healthcheck;
mod migrate;

use log::LevelFilter;

use super::{
    adapters::{Adapters, jwt_signer},
    configuration::{Configuration, Loaded, LogsConfig, MissingSecrets, Sources, load, load_without_secrets},
    database, logging,
    operator_name::operator_name,
    peppers::require_peppers,
    server::serve,
    services::Services,
    sockets::Sockets,
    use_cases::operator_use_cases,
    web_settings::{link_origin, link_warnings},
};
use crate::{
    infrastructure::persistence::Database,
    presentation::{
        cli::{Arguments, Command, OperatorCommand, say},
        http,
    },
};

/// Runs the command.
///
/// # Errors
/// If it is rejected or fails; the error says what to do.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let sources = Sources::from_process()?;
    match arguments.command.unwrap_or(Command::Serve { no_migrate: false }) {
        Command::Serve { no_migrate } => block_on(start(no_migrate, &sources)),
        Command::Migrate(command) => {
            let configuration = load_without_secrets(&sources)?;
            start_logging(&configuration.logs, LevelFilter::Warn)?;
            block_on(migrate::run(command, &configuration.database))
        }
        Command::Db(command) => {
            let configuration = load_without_secrets(&sources)?;
            start_logging(&configuration.logs, LevelFilter::Warn)?;
            block_on(db::run(command, &configuration))
        }
        Command::Config(command) => config::run(command, &sources),
        Command::Healthcheck { ready } => healthcheck::run(ready, &load_without_secrets(&sources)?),
        Command::Openapi => {
            let configuration = load_without_secrets(&sources)?;
            let cookies = &configuration.security.cookies;
            say(http::document(
                &cookies.sent_name(),
                &cookies.sent_pass_name(),
                &configuration.password_policy(),
            ))
        }
        Command::Operator(command) => block_on(operate(command, &sources)),
    }
}

/// Serves. Checks whatever it can first, so that a failed start creates neither a database nor secrets.
async fn start(no_migrate: bool, sources: &Sources) -> anyhow::Result<()> {
    let expected = load(sources, MissingSecrets::Imagine)?.configuration;
    start_logging(&expected.logs, LevelFilter::Trace)?;
    jwt_signer(&expected.security.auth)?;
    let sockets = Sockets::bind(&expected.server).await?;
    let mut loaded = load(sources, MissingSecrets::Write)?;
    loaded.notices.append(&mut loaded.warnings);
    let mut configuration = log_notices(loaded);
    configuration.database.migrate_on_start &= !no_migrate;
    serve(&configuration, sockets).await
}

/// Runs a command on an existing database with existing secrets: one in the wrong directory must create neither.
async fn operate(command: OperatorCommand, sources: &Sources) -> anyhow::Result<()> {
    let config = load_without_secrets(sources)?.database;
    let database = database::open_existing(&config).await?;
    let operate = async |database: &Database| operate_on(database, command, sources).await;
    database::use_then_close(database, operate).await
}

async fn operate_on(database: &Database, command: OperatorCommand, sources: &Sources) -> anyhow::Result<()> {
    database::require_migrated(database).await?;
    let loaded = load(sources, MissingSecrets::Reject)?;
    start_logging(&loaded.configuration.logs, LevelFilter::Warn)?;
    let configuration = log_notices(loaded);
    if let OperatorCommand::CreateSuperAdmin { .. } | OperatorCommand::SetPassword { .. } = command {
        // With a pepper that no node has, they would create accounts that cannot log in.
        require_peppers(&configuration.security.password, database).await?;
    }
    if let OperatorCommand::Invite { .. } | OperatorCommand::RecoveryLink { .. } = command {
        for warning in link_warnings(&configuration) {
            log::warn!("{warning}");
        }
    }
    let adapters = Adapters::new(&configuration, database)?;
    let services = Services::new(&adapters, operator_name());
    operator_use_cases(&adapters, services, link_origin(&configuration.server))
        .run(command)
        .await
}

/// Logs the notices about the configuration.
fn log_notices(loaded: Loaded) -> Configuration {
    for notice in loaded.notices {
        log::warn!("{notice}");
    }
    loaded.configuration
}

/// Starts to log at the configured level, but no more than `most`, so that the output of a command stays visible.
fn start_logging(config: &LogsConfig, most: LevelFilter) -> anyhow::Result<()> {
    logging::start(config.level.min(most), config.format)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(future)
}
