use std::collections::BTreeSet;

use figment::Figment;

use super::{Merged, Sources, files, layer::Layer, near_misses::near_misses, secrets_file, variables};
use crate::setup::configuration::{
    ConfigurationError,
    names::{CONFIG_FILE, DEFAULT, ENVIRONMENT_VARIABLE, LOCAL, SECRETS_FILE},
    sections::Configuration,
};

/// All layers, each sound by itself.
pub struct Layers {
    /// The environment that `APP_ENV` chooses.
    pub environment: String,
    /// The environments that can be chosen: the sections of `config.toml`, and those built in.
    pub environments: BTreeSet<String>,
    /// Whether there is a file of secrets.
    pub has_secrets_file: bool,
    /// Warnings about variables that are not read, although their names resemble those that are.
    pub near_misses: Vec<String>,
    /// The sections of all files, lowest precedence first.
    files: Vec<Layer>,
    /// The variables, which have precedence over all files.
    variables: Vec<Layer>,
}

impl Layers {
    /// Reads all sources.
    ///
    /// # Errors
    /// Everything that is wrong in any section or variable.
    pub fn read(sources: &Sources) -> Result<Self, ConfigurationError> {
        let mut files = files::built_in()?;
        files.extend(files::read(&sources.directory, CONFIG_FILE)?.unwrap_or_default());
        let environments = named_in(&files);
        let secrets = files::read(&sources.directory, SECRETS_FILE)?;
        let has_secrets_file = secrets.is_some();
        let secrets = secrets.unwrap_or_default();

        let environment = sources.variable(ENVIRONMENT_VARIABLE).unwrap_or(LOCAL).to_owned();
        let known = Vec::from_iter(environments.iter().map(String::as_str)).join(", ");
        let unknown = |place: &str, environment: &String| {
            (!environments.contains(environment)).then(|| {
                format!(
                    "{place}: unknown environment {environment:?}, known from {CONFIG_FILE}: {known}; to add one, add \
                     a section"
                )
            })
        };
        let mut problems = Vec::from_iter(unknown(ENVIRONMENT_VARIABLE, &environment));
        problems.extend(
            named_in(&secrets)
                .iter()
                .filter_map(|section| unknown(SECRETS_FILE, section)),
        );

        files.extend(secrets);
        let Some(defaults) = files.first() else {
            return Err("built-in config.toml: it is empty".to_owned().into());
        };
        let (variables, unreadable) = variables::layers(sources, defaults);
        let (misspelt, near_misses) = near_misses(sources, defaults);
        let all = files.iter().chain(&variables);
        problems.extend(all.flat_map(|layer| layer.problems(defaults)));
        problems.extend(unreadable.into_iter().chain(misspelt));
        ConfigurationError::unless_empty(problems)?;
        Ok(Self {
            environment,
            environments,
            has_secrets_file,
            near_misses,
            files,
            variables,
        })
    }

    /// Merges the layers of an environment. Variables apply to the chosen one only.
    ///
    /// # Errors
    /// If an address of the database cannot be completed.
    pub fn merge(&self, environment: &str) -> Result<Merged, ConfigurationError> {
        let variables = self.variables.iter().filter(|_| environment == self.environment);
        let sections = [Some(DEFAULT), Some(environment)];
        let files = self
            .files
            .iter()
            .filter(|layer| sections.contains(&layer.section.as_deref()));
        let figment = files.chain(variables).fold(Figment::new(), Figment::merge);
        // Values that are sound one by one are sound together. Otherwise the message names the key, not the value.
        let not_understood = |error: figment::Error| {
            let path = error.path.join(".");
            format!("{path}: not understood in the environment {environment}")
        };
        let values = figment.find_value("").map_err(not_understood)?;
        let mut configuration: Configuration = figment.extract().map_err(not_understood)?;
        environment.clone_into(&mut configuration.environment);
        configuration
            .database
            .complete(&configuration.postgres)
            .map_err(|error| format!("postgres.host: {error}"))?;
        Ok(Merged {
            configuration,
            values,
            figment,
        })
    }

    /// Adds the secrets that the first start would write.
    ///
    /// # Errors
    /// If the operating system has no random bytes.
    pub fn imagine_secrets_file(&mut self) -> Result<(), ConfigurationError> {
        let secrets = files::parse("written by the first start: .secrets.toml", &secrets_file::generate()?)?;
        self.files.extend(secrets);
        Ok(())
    }
}

/// Returns the environments that have a section.
fn named_in(sections: &[Layer]) -> BTreeSet<String> {
    let names = sections.iter().filter_map(|layer| layer.section.clone());
    names.filter(|name| name != DEFAULT).collect()
}
