//! Loading, checking and showing the configuration of the chosen environment.

use std::path::Path;

use figment::Figment;

use super::{
    Configuration, ConfigurationError, DEV, LOCAL, Sources, consistency, dotenv, files, layers::Layers,
    rendering::render, secrets_file, warnings,
};

/// A configuration, and what the operator should hear about it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration of the chosen environment.
    pub configuration: Configuration,
    /// To be logged as soon as there is a logger: secrets that were written, a file of secrets that others can open.
    pub notices: Vec<String>,
    /// To be logged when the server starts: what is accepted, but seldom meant.
    pub warnings: Vec<String>,
}

/// What was exported, and what the operator should hear about it.
#[derive(Debug)]
pub struct Exported {
    /// Name of the file that was written.
    pub file: String,
    /// The names of the variables in it.
    pub variables: Vec<String>,
    /// As in [`Loaded`].
    pub notices: Vec<String>,
}

impl Configuration {
    /// Whether it is meant for real users, as any is but that of a developer and that of a test system.
    pub(super) fn is_production(&self) -> bool {
        ![LOCAL, DEV].contains(&self.environment.as_str())
    }

    /// Reads the configuration of the environment that `APP_ENV` chooses. In `local`, a missing `.secrets.toml` is
    /// written with fresh random secrets, unless variables supply them all.
    ///
    /// # Errors
    /// Everything that is wrong in any section or variable or, if all are sound by themselves, with what they come to.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigurationError> {
        Ok(load(sources)?.1)
    }

    /// Reads the configuration of the environment that `APP_ENV` chooses, as [`load`](Self::load) would, but writes nothing:
    /// where that would write secrets, those in the result are other ones.
    ///
    /// # Errors
    /// As for [`Configuration::load`].
    pub fn preview(sources: &Sources) -> Result<Self, ConfigurationError> {
        Ok(preview(sources)?.1)
    }

    /// Reads the configuration of the environment that `APP_ENV` chooses, with the secrets that are there. Writes nothing.
    ///
    /// # Errors
    /// As for [`Configuration::load`], and if that would write secrets.
    pub fn load_as_it_is(sources: &Sources) -> Result<Loaded, ConfigurationError> {
        if Layers::read(sources)?.need_secrets_file()? {
            return Err(format!(
                "there is no {}: is this the right directory? The first `gatehouse serve` writes it",
                files::SECRETS_FILE
            )
            .into());
        }
        Self::load(sources)
    }

    /// Reads the configuration of the environment that `APP_ENV` chooses, for what needs no secrets: they are neither
    /// judged nor made up. Writes nothing.
    ///
    /// # Errors
    /// As for [`Configuration::load`].
    pub fn load_without_secrets(sources: &Sources) -> Result<Self, ConfigurationError> {
        let layers = Layers::read(sources)?;
        let (figment, configuration) = layers.merge(&layers.environment)?;
        ConfigurationError::unless_empty(consistency::contradictions(&figment, &configuration))?;
        Ok(configuration)
    }
}

/// Does what [`Configuration::load`] does, and writes what is to be exported into `.env.<environment>`, readable by its
/// owner only.
///
/// # Errors
/// As for [`Configuration::load`]; besides, if a secret to be exported is not set, a value cannot be exported, or the file
/// cannot be written.
pub fn export(sources: &Sources) -> Result<Exported, ConfigurationError> {
    let (
        figment,
        Loaded {
            configuration, notices, ..
        },
    ) = load(sources)?;
    let variables = dotenv::variables(&figment, &configuration)?;
    let file = format!(".env.{}", configuration.environment);
    files::private(&sources.directory, &dotenv::text(&variables))
        .and_then(|written| Ok(written.persist(sources.directory.join(&file))?))
        .map_err(|error| format!("{file}: cannot be written: {error}"))?;
    Ok(Exported {
        file,
        variables: variables.into_keys().collect(),
        notices,
    })
}

/// Does what [`Configuration::load`] does for the chosen environment, without writing anything, and judges the
/// sections of all other environments as if they were chosen, save for their secrets.
///
/// # Errors
/// Everything that was found wrong.
pub fn check(sources: &Sources) -> Result<Loaded, ConfigurationError> {
    let mut layers = Layers::read(sources)?;
    let mut notices = Vec::from_iter(secrets_file::exposure(&sources.directory));
    if layers.need_secrets_file()? {
        layers.imagine_secrets_file()?;
        notices.push(format!(
            "{} does not exist: the first start will write it",
            files::SECRETS_FILE
        ));
    }
    let (figment, configuration) = layers.merge(&layers.environment)?;
    let mut problems = consistency::problems(&figment, &configuration, &sources.directory);
    for environment in layers
        .environments()
        .into_iter()
        .filter(|&environment| environment != layers.environment)
    {
        let (figment, configuration) = layers.merge(environment)?;
        problems.extend(consistency::contradictions(&figment, &configuration));
    }
    ConfigurationError::unless_empty(problems)?;
    Ok(loaded(sources, layers, configuration, notices))
}

/// The configuration that [`Configuration::load`] would return, as TOML in which a comment at each value says where it
/// comes from. Secrets and credentials are redacted; nothing is written.
///
/// # Errors
/// As for [`Configuration::load`].
pub fn show(sources: &Sources) -> Result<String, ConfigurationError> {
    let (figment, configuration) = preview(sources)?;
    render(&figment, &configuration)
}

fn preview(sources: &Sources) -> Result<(Figment, Configuration), ConfigurationError> {
    let mut layers = Layers::read(sources)?;
    if layers.need_secrets_file()? {
        layers.imagine_secrets_file()?;
    }
    complete(&layers, &sources.directory)
}

fn load(sources: &Sources) -> Result<(Figment, Loaded), ConfigurationError> {
    let mut layers = Layers::read(sources)?;
    let mut notices = Vec::new();
    if layers.need_secrets_file()? {
        if secrets_file::create(&sources.directory, &secrets_file::generate()?)? {
            notices.push(format!(
                "{} did not exist: it was written with fresh random secrets",
                files::SECRETS_FILE
            ));
        }
        layers = Layers::read(sources)?;
    }
    let (figment, configuration) = complete(&layers, &sources.directory)?;
    notices.extend(secrets_file::exposure(&sources.directory));
    Ok((figment, loaded(sources, layers, configuration, notices)))
}

fn loaded(sources: &Sources, layers: Layers, configuration: Configuration, notices: Vec<String>) -> Loaded {
    let mut warnings = layers.near_misses;
    warnings.extend(warnings::in_production(sources, &configuration));
    Loaded {
        configuration,
        notices,
        warnings,
    }
}

/// What the layers come to in the chosen environment, if nothing is wrong with it.
fn complete(layers: &Layers, directory: &Path) -> Result<(Figment, Configuration), ConfigurationError> {
    let (figment, configuration) = layers.merge(&layers.environment)?;
    ConfigurationError::unless_empty(consistency::problems(&figment, &configuration, directory))?;
    Ok((figment, configuration))
}
