use std::collections::BTreeMap;

use figment::{Figment, value::Value};
use secrecy::{ExposeSecret, SecretString};

use super::layer::leaves;
use crate::setup::configuration::{
    secrets::{SECRETS, Secret},
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
        let mut fields = BTreeMap::new();
        for (path, value) in self.values() {
            match value {
                Value::Array(..) => {}
                Value::String(_, text) => {
                    fields.insert(path, text.clone());
                }
                // The rest is written in a variable as in TOML.
                other => fields.extend(toml::Value::try_from(other).map(|value| (path, value.to_string()))),
            }
        }
        for Secret { path, .. } in SECRETS {
            let values = self.secret(path);
            let text = match values.former[..] {
                [] => values.current.expose_secret().to_owned(),
                [..] => toml::Value::from(Vec::from_iter(values.iter().map(ExposeSecret::expose_secret))).to_string(),
            };
            fields.insert(path.to_owned(), text);
        }
        fields
    }
}
