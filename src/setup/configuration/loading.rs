//! Loading, checking and showing the configuration of the chosen environment.

use super::{
    ConfigurationError, Sources,
    names::{LOCAL, SECRETS_FILE},
    reading::{Layers, Merged, secrets_file},
    sections::Configuration,
    showing::{dotenv, render},
    validation::{consistency, in_production, secrets},
};

/// A configuration, and what the operator should know about it.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration of the chosen environment.
    pub configuration: Configuration,
    /// To be logged as soon as there is a logger: the state of the file of secrets.
    pub notices: Vec<String>,
    /// To be logged when the server starts: settings that are accepted, but seldom meant.
    pub warnings: Vec<String>,
}

/// How the environment `local` starts if `.secrets.toml` is missing and variables do not supply all secrets.
#[derive(Clone, Copy)]
pub enum MissingSecrets {
    /// Write the file with new random secrets.
    Write,
    /// Use new random secrets, but write nothing.
    Imagine,
    /// Fail.
    Reject,
}

/// Loads the configuration of the environment that `APP_ENV` chooses.
///
/// # Errors
/// Everything that is wrong in any section or variable or, if all are sound by themselves, with the result.
pub fn load(sources: &Sources, missing_secrets: MissingSecrets) -> Result<Loaded, ConfigurationError> {
    let (layers, notices) = read(sources, missing_secrets)?;
    let merged = merge(sources, &layers, Vec::new())?;
    Ok(loaded(sources, layers, merged, notices))
}

/// Loads the configuration for a command that needs no secrets: they are neither checked nor generated.
///
/// # Errors
/// As for [`load`].
pub fn load_without_secrets(sources: &Sources) -> Result<Configuration, ConfigurationError> {
    let layers = Layers::read(sources)?;
    let merged = layers.merge(&layers.environment)?;
    ConfigurationError::unless_empty(consistency::contradictions(&merged))?;
    Ok(merged.configuration)
}

/// Loads the configuration without writing anything, and checks all other environments, too, except their secrets.
///
/// # Errors
/// As for [`load`].
pub fn check(sources: &Sources) -> Result<Loaded, ConfigurationError> {
    let (layers, notices) = read(sources, MissingSecrets::Imagine)?;
    let mut problems = Vec::new();
    for environment in layers.environments.iter().filter(|&other| *other != layers.environment) {
        problems.extend(consistency::contradictions(&layers.merge(environment)?));
    }
    let merged = merge(sources, &layers, problems)?;
    Ok(loaded(sources, layers, merged, notices))
}

/// Writes the exported fields into `.env.<environment>` and returns what to tell the operator.
///
/// # Errors
/// As for [`load`], and if a secret is not set, a value cannot be exported, or the file cannot be written.
pub fn export(sources: &Sources) -> Result<Vec<String>, ConfigurationError> {
    let (layers, mut notices) = read(sources, MissingSecrets::Write)?;
    let merged = merge(sources, &layers, Vec::new())?;
    notices.push(dotenv::write(&merged, &sources.directory)?);
    Ok(notices)
}

/// Renders the configuration as TOML in which a comment at each value names its origin. Secrets are redacted.
///
/// # Errors
/// As for [`load`].
pub fn show(sources: &Sources) -> Result<String, ConfigurationError> {
    let (layers, _) = read(sources, MissingSecrets::Imagine)?;
    render(&merge(sources, &layers, Vec::new())?)
}

/// Reads all layers, those of missing secrets included, with the notices about them.
fn read(sources: &Sources, missing_secrets: MissingSecrets) -> Result<(Layers, Vec<String>), ConfigurationError> {
    let mut layers = Layers::read(sources)?;
    let mut notices = Vec::from_iter(secrets_file::exposure(&sources.directory));
    let may_generate = layers.environment == LOCAL && !layers.has_secrets_file;
    if may_generate && secrets::any_missing(&layers.merge(LOCAL)?) {
        match missing_secrets {
            MissingSecrets::Write => {
                if secrets_file::create(&sources.directory, &secrets_file::generate()?)? {
                    let notice = "did not exist: it was written with fresh random secrets";
                    notices.push(format!("{SECRETS_FILE} {notice}"));
                }
                layers = Layers::read(sources)?;
            }
            MissingSecrets::Imagine => {
                layers.imagine_secrets_file()?;
                notices.push(format!("{SECRETS_FILE} does not exist: the first start will write it"));
            }
            MissingSecrets::Reject => {
                let advice = "is this the right directory? The first `gatehouse serve` writes it";
                return Err(format!("there is no {SECRETS_FILE}: {advice}").into());
            }
        }
    }
    Ok((layers, notices))
}

/// Merges the layers of the chosen environment, if nothing is wrong with it and there are no other `problems`.
fn merge(sources: &Sources, layers: &Layers, problems: Vec<String>) -> Result<Merged, ConfigurationError> {
    let merged = layers.merge(&layers.environment)?;
    let mut all = consistency::problems(&merged, &sources.directory);
    all.extend(problems);
    ConfigurationError::unless_empty(all)?;
    Ok(merged)
}

fn loaded(sources: &Sources, layers: Layers, merged: Merged, notices: Vec<String>) -> Loaded {
    let mut warnings = layers.near_misses;
    warnings.extend(in_production(sources, &merged.configuration));
    Loaded {
        configuration: merged.configuration,
        notices,
        warnings,
    }
}
