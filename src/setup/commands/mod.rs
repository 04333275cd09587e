//! The commands of the command line: the operational ones, and the door to those that drive use cases, which are
//! [`presentation::cli`](crate::presentation::cli)'s.

mod config;
mod db;
mod healthcheck;
mod migrate;

use log::LevelFilter;

use super::{
    adapters::{Adapters, jwt_signer},
    configuration::{Configuration, Loaded, LogsConfig, Sources},
    database, logging,
    operator_name::operator_name,
    peppers::require_peppers,
    server::serve,
    services::Services,
    sockets::Sockets,
    use_cases::operator_use_cases,
};
use crate::{
    infrastructure::persistence::Database,
    presentation::{
        cli::{Arguments, Command, OperatorCommand, say},
        http,
    },
};

/// Does what the command line asks for.
///
/// # Errors
/// If it is refused or fails; the error says what to do.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let sources = Sources::from_process()?;
    match arguments.command.unwrap_or(Command::Serve { no_migrate: false }) {
        Command::Serve { no_migrate } => block_on(start(no_migrate, &sources)),
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

/// Serves, unless something is in the way that can be known before: then neither a database nor secrets are left behind.
async fn start(no_migrate: bool, sources: &Sources) -> anyhow::Result<()> {
    let expected = Configuration::preview(sources)?;
    start_logging(&expected.logs, LevelFilter::Trace)?;
    jwt_signer(&expected.security.auth)?;
    let sockets = Sockets::bind(&expected.server).await?;
    let mut loaded = Configuration::load(sources)?;
    loaded.notices.append(&mut loaded.warnings);
    let mut configuration = log_notices(loaded);
    configuration.database.migrate_on_start &= !no_migrate;
    serve(&configuration, sockets).await
}

/// Does what the operator asks for with a database and secrets that are there: a command that was given in the wrong
/// directory must make neither.
async fn operate(command: OperatorCommand, sources: &Sources) -> anyhow::Result<()> {
    let config = Configuration::load_without_secrets(sources)?.database;
    let database = database::open_existing(&config).await?;
    let outcome = operate_on(&database, command, sources).await;
    database.close().await;
    outcome
}

async fn operate_on(database: &Database, command: OperatorCommand, sources: &Sources) -> anyhow::Result<()> {
    database::require_migrated(database).await?;
    let loaded = Configuration::load_as_it_is(sources)?;
    start_logging(&loaded.configuration.logs, LevelFilter::Warn)?;
    let configuration = log_notices(loaded);
    if let OperatorCommand::CreateSuperAdmin { .. } | OperatorCommand::SetPassword { .. } = command {
        // With a pepper that no node has, they would make accounts that cannot log in.
        require_peppers(&configuration.security.password, database).await?;
    }
    let adapters = Adapters::new(&configuration, database)?;
    let services = Services::new(&adapters, operator_name());
    operator_use_cases(&adapters, services).run(command).await
}

/// Logs what there is to say about the configuration.
fn log_notices(loaded: Loaded) -> Configuration {
    for notice in loaded.notices {
        log::warn!("{notice}");
    }
    loaded.configuration
}

/// Begins to log: at the configured level, but no more than `most`, for what a command says to its user should not drown in
/// it.
///
/// # Errors
/// If `RUST_LOG` is not valid.
fn start_logging(config: &LogsConfig, most: LevelFilter) -> anyhow::Result<()> {
    logging::start(LevelFilter::from(config.level).min(most), config.format)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(future)
}
