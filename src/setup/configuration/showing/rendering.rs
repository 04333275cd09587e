//! The configuration for the operator.

use crate::setup::configuration::{ConfigurationError, reading::Merged, secrets::is_secret, sections::Configuration};

/// Renders the values as TOML, each with its origin; secrets and credentials are redacted.
///
/// # Errors
/// If TOML has no form for a value.
pub fn render(merged: &Merged) -> Result<String, ConfigurationError> {
    let Configuration {
        environment, database, ..
    } = &merged.configuration;
    let mut text = format!("# environment: {environment}\n");
    let mut current = String::new();
    for (path, value) in merged.values() {
        let (section, key) = path.rsplit_once('.').unwrap_or_default();
        if section != current {
            text += &format!("\n[{section}]\n");
            section.clone_into(&mut current);
        }
        let shown = match path.as_str() {
            path if is_secret(path) => "[redacted]".into(),
            "database.url" => database.url.to_string().into(),
            "database.read_url" => database
                .read_url
                .iter()
                .map(ToString::to_string)
                .collect::<String>()
                .into(),
            _ => toml::Value::try_from(value).map_err(|error| format!("the configuration cannot be shown: {error}"))?,
        };
        text += &format!("{key} = {shown} # {}\n", merged.origin(&path));
    }
    Ok(text)
}
