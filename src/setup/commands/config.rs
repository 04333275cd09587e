//! `gatehouse config`.

use anyhow::Context;

use crate::{
    infrastructure::security::BreachedHashesFile,
    presentation::cli::{ConfigCommand, report, say},
    setup::{
        adapters::jwt_signer,
        configuration::{self, Sources},
        logging,
    },
};

/// Checks, shows or exports the configuration.
///
/// # Errors
/// If the configuration is invalid, or the exported file cannot be written.
pub fn run(command: ConfigCommand, sources: &Sources) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check => {
            let checked = configuration::check(sources)?;
            for notice in checked.notices {
                say(notice)?;
            }
            for warning in checked.warnings {
                say(format_args!("warning: {warning}"))?;
            }
            logging::check_directives()?;
            let security = &checked.configuration.security;
            jwt_signer(&security.auth)?;
            if let Some(path) = security.password.breached_hashes_file() {
                let checked = BreachedHashesFile::check_whole(path);
                checked.with_context(|| format!("security.password.breached_hashes_file: {}", path.display()))?;
            }
            say("the configuration is valid (the database was not contacted)")
        }
        ConfigCommand::Dotenv => {
            for line in configuration::export(sources)? {
                report(line);
            }
            Ok(())
        }
        ConfigCommand::Show => say(configuration::show(sources)?.trim_end()),
    }
}
