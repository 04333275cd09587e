use std::{env, path::PathBuf};

use crate::setup::configuration::{
    ConfigurationError,
    names::{PREFIX, SEPARATOR},
};

/// Where the configuration is read from. There is no `Debug`, because variables may hold secrets.
pub struct Sources {
    /// Directory of `config.toml` and `.secrets.toml`, to which other files are relative, too.
    pub directory: PathBuf,
    /// Names and values of environment variables.
    ///
    /// Those without the prefix `APP_` are not read, but cause a warning if they resemble one that is.
    pub variables: Vec<(String, String)>,
}

impl Sources {
    /// Returns the working directory and the environment variables of this process.
    ///
    /// # Errors
    /// If the value of one of our variables is not UTF-8.
    pub fn from_process() -> Result<Self, ConfigurationError> {
        let variables = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.to_uppercase().starts_with(PREFIX) || name.contains(SEPARATOR))
            .map(|(name, value)| match value.into_string() {
                Err(_) if name.starts_with(PREFIX) => Err(format!("variable {name}: its value is not UTF-8")),
                value => Ok((name, value.unwrap_or_default())),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            directory: PathBuf::from("."),
            variables,
        })
    }

    /// Returns the value of a variable, if it is set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .iter()
            .find(|(candidate, _)| candidate == name)
            .map(|(_, value)| value.as_str())
    }
}
