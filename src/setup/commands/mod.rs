//! The commands of the command line: the operational ones, and the door to those that drive use cases, which are
//! [`presentation::cli`](crate::presentation::cli)'s.

mod config;
mod db;
mod healthcheck;
mod migrate;

use log::LevelFilter;

use super::{
    adapters::Adapters,
    configuration::{Configuration, Loaded, LogsConfig, Sources},
    database, logging,
    peppers::require_peppers,
    server::serve,
    use_cases::operator_use_cases,
};
use crate::presentation::{
    cli::{Arguments, Command, OperatorCommand, say},
    http,
};

/// Does what the command line asks for.
///
/// # Errors
/// If it is refused or fails; the error says what to do.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let sources = Sources::from_process()?;
    match arguments.command.unwrap_or(Command::Serve { no_migrate: false }) {
        Command::Serve { no_migrate } => {
            let Loaded {
                mut configuration,
                warnings,
                ..
            } = load(&sources, LevelFilter::Trace)?;
            for warning in warnings {
                log::warn!("{warning}");
            }
            configuration.database.migrate_on_start &= !no_migrate;
            block_on(serve(&configuration))
        }
        Command::Migrate(command) => {
            let configuration = Configuration::load_without_secrets(&sources)?;
            start_logging(&configuration.logs, LevelFilter::Warn)?;
            block_on(migrate::run(command, &configuration.database))
        }
        Command::Db(command) => {
            let configuration = Configuration::load_without_secrets(&sources)?;
            start_logging(&configuration.logs, LevelFilter::Warn)?;
            block_on(db::run(command, &configuration))
        }
        Command::Config(command) => config::run(command, &sources),
        Command::Healthcheck { ready } => healthcheck::run(ready, &Configuration::load_without_secrets(&sources)?),
        Command::Openapi => {
            let configuration = Configuration::load_without_secrets(&sources)?;
            let security = &configuration.security;
            say(http::document(
                &security.cookies.sent_name(),
                &security.password.policy(),
            ))
        }
        Command::Operator(command) => block_on(operate(command, &sources)),
    }
}

async fn operate(command: OperatorCommand, sources: &Sources) -> anyhow::Result<()> {
    let (configuration, database) = if let OperatorCommand::CreateSuperAdmin { .. } = command {
        let configuration = load(sources, LevelFilter::Warn)?.configuration;
        let database = database::open_or_create(&configuration.database).await?;
        database::migrate_on_start(&configuration.database, &database).await?;
        (configuration, database)
    } else {
        // The database first: a command given in the wrong directory must not leave secrets there.
        let config = Configuration::load_without_secrets(sources)?.database;
        let database = database::open_existing(&config).await?;
        database::require_migrated(&database).await?;
        (load(sources, LevelFilter::Warn)?.configuration, database)
    };
    if let OperatorCommand::CreateSuperAdmin { .. } | OperatorCommand::SetPassword { .. } = command {
        // With a pepper that no node has, they would make accounts that cannot log in.
        require_peppers(&configuration.security.password, &database).await?;
    }
    let adapters = Adapters::new(&configuration, &database)?;
    let outcome = operator_use_cases(&adapters).run(command).await;
    database.close().await;
    outcome
}

/// Loads the configuration and begins to log: at the configured level, but no more than `most`, for what a command says to
/// its user should not drown in it.
fn load(sources: &Sources, most: LevelFilter) -> anyhow::Result<Loaded> {
    let loaded = Configuration::load(sources)?;
    start_logging(&loaded.configuration.logs, most)?;
    for notice in &loaded.notices {
        log::warn!("{notice}");
    }
    Ok(loaded)
}

fn start_logging(config: &LogsConfig, most: LevelFilter) -> anyhow::Result<()> {
    logging::start(LevelFilter::from(config.level).min(most), config.format)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(future)
}
