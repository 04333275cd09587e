use std::{collections::BTreeSet, iter};

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
        let built_in = files::built_in()?;
        let config = files::read(&sources.directory, CONFIG_FILE)?.unwrap_or_default();
        let secrets = files::read(&sources.directory, SECRETS_FILE)?;
        let has_secrets_file = secrets.is_some();
        let files = Vec::from_iter(built_in.into_iter().chain(config).chain(secrets.unwrap_or_default()));
        let Some(defaults) = files.first() else {
            return Err("built-in config.toml: it is empty".to_owned().into());
        };
        let (variables, mut problems) = variables::layers(sources, defaults);
        let (misspelt, near_misses) = near_misses(sources, defaults);
        problems.extend(misspelt);

        let environment = sources.variable(ENVIRONMENT_VARIABLE).unwrap_or(LOCAL);
        let is_secret = |layer: &&Layer| layer.origin.starts_with(SECRETS_FILE);
        let named = |layer: &Layer| layer.section.clone().filter(|section| section != DEFAULT);
        let environments: BTreeSet<_> = files
            .iter()
            .filter(|layer| !is_secret(layer))
            .filter_map(named)
            .collect();
        let named_in_secrets = files.iter().filter(is_secret).filter_map(named);
        let chosen = iter::once((ENVIRONMENT_VARIABLE, environment.to_owned()));
        for (place, unknown) in chosen.chain(named_in_secrets.map(|section| (SECRETS_FILE, section))) {
            if !environments.contains(&unknown) {
                let known = Vec::from_iter(environments.iter().map(String::as_str)).join(", ");
                problems.push(format!(
                    "{place}: unknown environment {unknown:?}, known from {CONFIG_FILE}: {known}; to add one, add a section"
                ));
            }
        }
        problems.extend(
            files
                .iter()
                .chain(&variables)
                .flat_map(|layer| layer.problems(defaults)),
        );
        ConfigurationError::unless_empty(problems)?;
        Ok(Self {
            environment: environment.to_owned(),
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
