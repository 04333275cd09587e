use std::{collections::BTreeSet, iter};

use figment::Figment;

use super::{
    Configuration, ConfigurationError, LOCAL, Sources, environment,
    files::{self, DEFAULT},
    layer::Layer,
    near_misses, secrets, secrets_file,
};

/// The variable that chooses the environment.
pub(super) const ENVIRONMENT_VARIABLE: &str = "APP_ENV";

/// All layers, each sound by itself.
pub(super) struct Layers {
    /// The environment that `APP_ENV` chooses.
    pub(super) environment: String,
    /// Variables that are not read, although their names resemble those that are.
    pub(super) near_misses: Vec<String>,
    /// `[default]` of the `config.toml` that was built into the program.
    defaults: Layer,
    /// Its other sections.
    built_in: Vec<Layer>,
    config: Vec<Layer>,
    /// `None` if there is no such file.
    secrets: Option<Vec<Layer>>,
    variables: Vec<Layer>,
}

impl Layers {
    /// Reads all sources.
    ///
    /// # Errors
    /// Everything that is wrong in any section or variable.
    pub(super) fn read(sources: &Sources) -> Result<Self, ConfigurationError> {
        let mut built_in = files::built_in()?.into_iter();
        let defaults = built_in
            .next()
            .ok_or_else(|| "built-in config.toml: it is empty".to_owned())?;
        let config = files::read(&sources.directory, files::CONFIG_FILE)?.unwrap_or_default();
        let secrets = files::read(&sources.directory, files::SECRETS_FILE)?;
        let (variables, mut problems) = environment::layers(sources, &defaults);
        let environment = sources.variable(ENVIRONMENT_VARIABLE).unwrap_or(LOCAL).to_owned();
        let layers = Self {
            environment,
            near_misses: near_misses::unread(sources, &defaults),
            defaults,
            built_in: built_in.collect(),
            config,
            secrets,
            variables,
        };

        problems.extend(layers.unknown_environments());
        problems.extend(layers.all().flat_map(|layer| layer.problems(&layers.defaults)));
        ConfigurationError::unless_empty(problems)?;
        Ok(layers)
    }

    /// All layers, in the order of precedence, lowest first.
    fn all(&self) -> impl Iterator<Item = &Layer> {
        let secrets = self.secrets.iter().flatten();
        iter::once(&self.defaults)
            .chain(&self.built_in)
            .chain(&self.config)
            .chain(secrets)
            .chain(&self.variables)
    }

    /// The environments that can be chosen: the sections of `config.toml`, and those built in.
    pub(super) fn environments(&self) -> BTreeSet<&str> {
        let files = self.built_in.iter().chain(&self.config);
        files
            .filter_map(|layer| layer.section.as_deref())
            .filter(|&section| section != DEFAULT)
            .collect()
    }

    fn unknown_environments(&self) -> Vec<String> {
        let known = self.environments();
        let chosen = iter::once((ENVIRONMENT_VARIABLE, self.environment.as_str()));
        let sections = self
            .secrets
            .iter()
            .flatten()
            .filter_map(|layer| layer.section.as_deref());
        let sections = sections
            .filter(|&section| section != DEFAULT)
            .map(|section| (files::SECRETS_FILE, section));
        chosen
            .chain(sections)
            .filter(|(_, environment)| !known.contains(environment))
            .map(|(place, unknown)| {
                format!(
                    "{place}: unknown environment {unknown:?}, known from {}: {}; to add one, add a section",
                    files::CONFIG_FILE,
                    Vec::from_iter(known.iter().copied()).join(", ")
                )
            })
            .collect()
    }

    /// What the layers come to in an environment. Variables are meant for the chosen one only.
    pub(super) fn merge(&self, environment: &str) -> Result<(Figment, Configuration), ConfigurationError> {
        let figment = self
            .all()
            .filter(|layer| match layer.section.as_deref() {
                Some(section) => section == DEFAULT || section == environment,
                None => environment == self.environment,
            })
            .fold(Figment::new(), |figment, layer| figment.merge(layer));
        // Values that are sound one by one are sound together; should that ever be wrong, name the key, not the value.
        let mut configuration: Configuration = figment.extract().map_err(|error| {
            format!(
                "{}: not understood in the environment {environment}",
                error.path.join(".")
            )
        })?;
        environment.clone_into(&mut configuration.environment);
        configuration
            .database
            .complete(&configuration.postgres)
            .map_err(|error| format!("postgres.host: {error}"))?;
        Ok((figment, configuration))
    }

    /// Whether the chosen environment is one that generates its secrets, and has to.
    pub(super) fn need_secrets_file(&self) -> Result<bool, ConfigurationError> {
        let may_write = self.environment == LOCAL && self.secrets.is_none();
        Ok(may_write && secrets::any_missing(&self.merge(LOCAL)?.1))
    }

    /// Goes on as if the first start had written its secrets.
    pub(super) fn imagine_secrets_file(&mut self) -> Result<(), ConfigurationError> {
        self.secrets = Some(files::parse(
            "written by the first start: .secrets.toml",
            &secrets_file::generate()?,
        )?);
        Ok(())
    }
}
