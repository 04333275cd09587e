//! The commands of the command line: the operational ones, and the door to those that drive use cases.

mod config;
mod migrate;

use log::LevelFilter;

use super::{
    adapters::Adapters,
    configuration::{Configuration, Sources},
    database, logging,
    server::{http_settings, serve},
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
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let configuration = load(&sources, LevelFilter::Trace)?;
            block_on(serve(&configuration))
        }
        Command::Migrate(command) => {
            let configuration = load(&sources, LevelFilter::Warn)?;
            block_on(migrate::run(command, &configuration.database))
        }
        Command::Config(command) => config::run(command, &sources),
        Command::Openapi => {
            let configuration = load(&sources, LevelFilter::Warn)?;
            say(http::document(&http_settings(&configuration)))
        }
        Command::Operator(command) => {
            let configuration = load(&sources, LevelFilter::Warn)?;
            block_on(operate(command, &configuration))
        }
    }
}

async fn operate(command: OperatorCommand, configuration: &Configuration) -> anyhow::Result<()> {
    let database = database::open_migrated(&configuration.database).await?;
    let adapters = Adapters::new(&configuration.security, &database)?;
    let outcome = operator_use_cases(&adapters).run(command).await;
    database.close().await;
    outcome
}

/// Loads the configuration and begins to log: at the configured level, but no more than `most`, for what a command says to
/// its user should not drown in it.
fn load(sources: &Sources, most: LevelFilter) -> anyhow::Result<Configuration> {
    let loaded = Configuration::load(sources)?;
    let logs = &loaded.configuration.logs;
    logging::start(LevelFilter::from(logs.level).min(most), logs.format);
    for notice in loaded.notices {
        log::warn!("{notice}");
    }
    Ok(loaded.configuration)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(future)
}
