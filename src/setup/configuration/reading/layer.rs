use figment::{
    Error, Figment, Metadata, Profile, Provider,
    error::{Actual, Kind},
    value::{Dict, Map, Value},
};

use crate::setup::configuration::{names::SECRETS_FILE, secrets::holds_secret, sections::Configuration};

/// Values of one origin: a section of a file, or an environment variable.
#[derive(Clone)]
pub struct Layer {
    /// Name that the operator knows it by: `config.toml [prod]`, or `variable APP_SERVER__PORT`.
    pub origin: String,
    /// Section of the file, if it is not a variable.
    pub section: Option<String>,
    /// The values, nested as in the file.
    pub values: Value,
}

impl Layer {
    /// Returns everything that is wrong with this layer when it is laid over sound defaults.
    pub fn problems(&self, defaults: &Self) -> Vec<String> {
        if self.first_problem(defaults).is_none() {
            return Vec::new();
        }
        // Deserialization stops at the first problem, so each value is tried by itself.
        let leaves = leaves(&self.values).into_iter().map(|(path, value)| Self {
            values: nested(&path, value.clone()),
            ..self.clone()
        });
        leaves.filter_map(|leaf| leaf.first_problem(defaults)).collect()
    }

    fn first_problem(&self, defaults: &Self) -> Option<String> {
        let error = Figment::from(defaults).merge(self).extract::<Configuration>().err()?;
        let path = error.path.join(".");
        let is_hidden = self.origin.contains(SECRETS_FILE) || holds_secret(&path);
        Some(format!("{} {path}: {}", self.origin, describe(&error.kind, is_hidden)))
    }
}

impl Provider for &Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    // Layers are merged in their order of precedence, so figment's own profiles are not needed.
    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone().into_dict().unwrap_or_default()))
    }
}

/// Returns every single value of nested sections with its path, such as `server.port`.
pub fn leaves(values: &Value) -> Vec<(String, &Value)> {
    let Some(sections) = values.as_dict() else {
        return Vec::new();
    };
    let leaves = sections.iter().flat_map(|(key, value)| match value {
        Value::Dict(_, inner) if !inner.is_empty() => {
            let inner = leaves(value).into_iter();
            inner.map(|(path, value)| (format!("{key}.{path}"), value)).collect()
        }
        _ => vec![(key.clone(), value)],
    });
    leaves.collect()
}

/// Puts a value into the sections of its path.
pub fn nested(path: &str, value: Value) -> Value {
    path.rsplit('.')
        .fold(value, |inner, key| Dict::from([(key.to_owned(), inner)]).into())
}

fn describe(kind: &Kind, is_hidden: bool) -> String {
    let (found, allowed) = match kind {
        Kind::UnknownField(_, known) => return format!("unknown key, known here: {}", known.join(", ")),
        Kind::UnknownVariant(found, known) => (format!("{found:?}"), known.join(", ")),
        Kind::InvalidType(found, allowed) | Kind::InvalidValue(found, allowed) => {
            let allowed = match allowed.as_str() {
                "a sequence" => "a list, such as [\"a\", \"b\"], with quotation marks around each text",
                "a boolean" => "true or false",
                "a string" => "a text in quotation marks",
                section if section.starts_with("struct ") => "a section",
                said => said,
            };
            (shown(found), allowed.to_owned())
        }
        // The messages of this module's own types, which repeat no value that may be a secret.
        Kind::Message(message) => return message.clone(),
        _ => return "not understood".to_owned(),
    };
    if is_hidden {
        format!("allowed: {allowed}")
    } else {
        format!("found {found}, allowed: {allowed}")
    }
}

/// Formats a value as in the file.
fn shown(found: &Actual) -> String {
    match found {
        Actual::Bool(value) => value.to_string(),
        Actual::Unsigned(value) => value.to_string(),
        Actual::Signed(value) => value.to_string(),
        Actual::Float(value) => value.to_string(),
        Actual::Str(value) => format!("{value:?}"),
        Actual::Map => "a section".to_owned(),
        other => other.to_string(),
    }
}
