//! `gatehouse config`.

use crate::{
    presentation::cli::{ConfigCommand, report, say},
    setup::{
        adapters::jwt_signer,
        configuration::{self, Sources},
        logging,
    },
};

/// Looks at the configuration, or exports some of it.
///
/// # Errors
/// If something is wrong with it, or what is exported cannot be written.
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
            jwt_signer(&checked.configuration.security.auth)?;
            say("the configuration is valid (the database was not contacted)")
        }
        ConfigCommand::Dotenv => {
            let exported = configuration::export(sources)?;
            for notice in exported.notices {
                report(notice);
            }
            let variables = exported.variables.join(", ");
            report(format_args!("{} was written: {variables}", exported.file));
            Ok(())
        }
        ConfigCommand::Show => say(configuration::show(sources)?.trim_end()),
    }
}
