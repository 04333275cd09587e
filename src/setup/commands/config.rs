use crate::{
    presentation::cli::{ConfigCommand, say},
    setup::{
        adapters::access_tokens,
        configuration::{self, Configuration, Sources},
    },
};

/// Looks at the configuration without writing anything.
///
/// # Errors
/// If something is wrong with it.
pub fn run(command: ConfigCommand, sources: &Sources) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check => {
            for notice in configuration::check(sources)? {
                say(notice)?;
            }
            access_tokens(&Configuration::load_without_secrets(sources)?.security.auth)?;
            say("the configuration is sound")
        }
        ConfigCommand::Show => say(configuration::show(sources)?.trim_end()),
    }
}
