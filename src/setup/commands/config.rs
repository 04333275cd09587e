use crate::{
    presentation::cli::{ConfigCommand, say},
    setup::configuration::{self, Sources},
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
            say("the configuration is sound")
        }
        ConfigCommand::Show => say(configuration::show(sources)?.trim_end()),
    }
}
