use std::collections::BTreeMap;

use figment::{Figment, value::Value};
use secrecy::SecretString;

use super::layer::leaves;
use crate::setup::configuration::{
    secrets::{SECRETS, is_secret},
    sections::{Configuration, Rotating},
};

/// The values of all layers in one environment, each sound by itself.
pub struct Merged {
    /// The values by their types.
    pub configuration: Configuration,
    pub(super) values: Value,
    pub(super) figment: Figment,
}

impl Merged {
    /// Returns every single value with its path.
    pub fn values(&self) -> Vec<(String, &Value)> {
        leaves(&self.values)
    }

    /// Returns the name of the layer that sets the value at `path`.
    pub fn origin(&self, path: &str) -> &str {
        let metadata = self.figment.find_metadata(path);
        metadata.map_or("", |metadata| metadata.name.as_ref())
    }

    /// Returns the secret at `path`, which is empty if it is not set.
    pub fn secret(&self, path: &str) -> Rotating<SecretString> {
        self.figment.extract_inner(path).unwrap_or_default()
    }

    /// Returns the values that can be exported as text: all but lists, and secrets in any case.
    pub fn fields(&self) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::from(SECRETS.map(|secret| (secret.path.to_owned(), String::new())));
        for (path, value) in self.values() {
            match value {
                Value::Array(..) if !is_secret(&path) => {}
                Value::String(_, text) => {
                    fields.insert(path, text.clone());
                }
                // The rest is written in a variable as in TOML.
                other => fields.extend(toml::Value::try_from(other).map(|value| (path, value.to_string()))),
            }
        }
        fields
    }
}
