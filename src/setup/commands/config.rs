use crate::{
    presentation::cli::{ConfigCommand, say},
    setup::{
        adapters::access_tokens,
        configuration::{self, Sources},
    },
};

/// Looks at the configuration without writing anything.
///
/// # Errors
/// If something is wrong with it.
pub fn run(command: ConfigCommand, sources: &Sources) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check => {
            let checked = configuration::check(sources)?;
            for notice in checked.notices {
                say(notice)?;
            }
            access_tokens(&checked.configuration.security.auth)?;
            say("the configuration is sound")
        }
        ConfigCommand::Show => say(configuration::show(sources)?.trim_end()),
    }
}
