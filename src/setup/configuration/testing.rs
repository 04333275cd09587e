//! A directory and variables for a test, so that tests share neither with each other nor with the process.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{Loaded, MissingSecrets, Sources, load};

pub(super) const PEPPER: &str = "pepper-31415926535897932384626433832795028841971693993751058209749445";
pub(super) const JWT_SECRET: &str = "jwt-2718281828459045235360287471352662497757247093699959574966967627";
pub(super) const COOKIE_KEY: &str = "key-1618033988749894848204586834365638117720309179805762862135448622";

/// What the program finds where it starts.
pub(super) struct Scene {
    directory: TempDir,
    variables: Vec<(String, String)>,
}

impl Scene {
    /// An empty directory and no variables.
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            directory: tempfile::tempdir()?,
            variables: Vec::new(),
        })
    }

    /// An environment with all that production asks for in variables.
    pub(super) fn with_secrets(environment: &str) -> anyhow::Result<Self> {
        Ok(Self::new()?
            .variable("APP_ENV", environment)
            .variable("APP_SERVER__TRUSTED_PROXIES", "[]")
            .variable("APP_SECURITY__PASSWORD__PEPPER", PEPPER)
            .variable("APP_SECURITY__AUTH__JWT_SECRET", JWT_SECRET)
            .variable("APP_SECURITY__COOKIES__KEY", COOKIE_KEY))
    }

    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn without_variable(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    pub(super) fn file(self, name: &str, text: &str) -> anyhow::Result<Self> {
        fs::write(self.directory.path().join(name), text)?;
        Ok(self)
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn sources(&self) -> Sources {
        Sources {
            directory: self.path().to_owned(),
            variables: self.variables.clone(),
        }
    }

    pub(super) fn load(&self) -> anyhow::Result<Loaded> {
        Ok(load(&self.sources(), MissingSecrets::Write)?)
    }

    /// The message with which loading fails.
    pub(super) fn refusal(&self) -> anyhow::Result<String> {
        match self.load() {
            Ok(_) => anyhow::bail!("the configuration was accepted"),
            Err(error) => Ok(error.to_string()),
        }
    }
}
