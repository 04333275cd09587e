//! `gatehouse config`.

use crate::{
    presentation::cli::{ConfigCommand, say},
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
            say("the configuration is sound")
        }
        ConfigCommand::Dotenv => {
            let exported = configuration::export(sources)?;
            for notice in exported.notices {
                say(notice)?;
            }
            let variables = exported.variables.join(", ");
            say(format_args!("{} was written: {variables}", exported.file))
        }
        ConfigCommand::Show => say(configuration::show(sources)?.trim_end()),
    }
}
