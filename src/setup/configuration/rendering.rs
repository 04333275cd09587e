//! The configuration as the operator may see it.

use figment::{
    Figment, Profile, Provider,
    value::{Dict, Value},
};

use super::{Configuration, ConfigurationError, secrets};

/// The merged values as TOML, each with its origin; secrets and credentials are redacted.
pub(super) fn render(figment: &Figment, configuration: &Configuration) -> Result<String, ConfigurationError> {
    let cannot = |error: &dyn std::fmt::Display| format!("the configuration cannot be shown: {error}");
    let values = figment
        .data()
        .map_err(|error| cannot(&error.kind))?
        .remove(&Profile::Default)
        .unwrap_or_default();
    let mut rendering = Rendering {
        figment,
        configuration,
        text: String::new(),
    };
    rendering.text = format!("# environment: {}\n", configuration.environment);
    rendering.section("", &values).map_err(|error| cannot(&error))?;
    Ok(rendering.text)
}

struct Rendering<'a> {
    figment: &'a Figment,
    configuration: &'a Configuration,
    text: String,
}

impl Rendering<'_> {
    fn section(&mut self, name: &str, values: &Dict) -> Result<(), toml::ser::Error> {
        let path = |key: &str| {
            if name.is_empty() {
                key.to_owned()
            } else {
                format!("{name}.{key}")
            }
        };
        if values.values().any(|value| value.as_dict().is_none()) {
            self.text += &format!("\n[{name}]\n");
        }
        for (key, value) in values {
            if value.as_dict().is_none() {
                let shown = self.shown(&path(key), value)?;
                let origin = self
                    .figment
                    .get_metadata(value.tag())
                    .map_or("", |metadata| metadata.name.as_ref());
                self.text += &format!("{key} = {shown} # {origin}\n");
            }
        }
        for (key, value) in values {
            if let Some(inner) = value.as_dict() {
                self.section(&path(key), inner)?;
            }
        }
        Ok(())
    }

    fn shown(&self, path: &str, value: &Value) -> Result<toml::Value, toml::ser::Error> {
        let database = &self.configuration.database;
        match path {
            _ if secrets::concern(path) => Ok("[redacted]".into()),
            "database.url" => Ok(database.url.to_string().into()),
            "database.read_url" => Ok(database
                .read_url
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
                .into()),
            _ => toml::Value::try_from(value),
        }
    }
}
