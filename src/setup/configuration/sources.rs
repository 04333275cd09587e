use std::{env, path::PathBuf};

use super::{
    ConfigurationError,
    environment::{PREFIX, SEPARATOR},
};

/// Where the configuration is read from. It has no `Debug`, as variables may hold secrets.
pub struct Sources {
    /// The directory of `config.toml` and `.secrets.toml`; files that the configuration names are relative to it, too.
    pub directory: PathBuf,
    /// Names and values of environment variables. Those that do not start with `APP_` are not read, but warned of if they
    /// look as if they were meant to be.
    pub variables: Vec<(String, String)>,
}

impl Sources {
    /// The working directory and the environment variables of this process.
    ///
    /// # Errors
    /// If the value of one of our variables is not UTF-8.
    pub fn from_process() -> Result<Self, ConfigurationError> {
        let variables = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.to_uppercase().starts_with(PREFIX) || name.contains(SEPARATOR))
            .map(|(name, value)| match value.into_string() {
                Ok(value) => Ok((name, value)),
                Err(_) if name.starts_with(PREFIX) => Err(ConfigurationError::from(format!(
                    "variable {name}: its value is not UTF-8"
                ))),
                Err(_) => Ok((name, String::new())),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            directory: PathBuf::from("."),
            variables,
        })
    }

    /// The value of a variable, if it is set.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .iter()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value.as_str())
    }
}
