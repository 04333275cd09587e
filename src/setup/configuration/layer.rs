use figment::{
    Error, Figment, Metadata, Profile, Provider,
    error::{Actual, Kind},
    value::{Dict, Map, Value},
};

use super::{Configuration, rotating, secrets};

/// Values of one origin: a section of a file, or an environment variable.
#[derive(Clone)]
pub(super) struct Layer {
    /// As the operator knows it: `config.toml [prod]`, or `variable APP_SERVER__PORT`.
    pub(super) origin: String,
    /// The section of the file, none for a variable.
    pub(super) section: Option<String>,
    /// Whether no value of this layer may be shown.
    pub(super) confidential: bool,
    /// The values, nested as in the file.
    pub(super) values: Dict,
}

impl Layer {
    /// Values of one origin, whose secrets are the same as if they had come in any other way.
    pub(super) fn new(origin: String, section: Option<String>, confidential: bool, mut values: Dict) -> Self {
        rotating::normalize(&mut values);
        Self {
            origin,
            section,
            confidential,
            values,
        }
    }

    /// The value at a path such as `server.port`.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        let (section, key) = path.split_once('.')?;
        self.values.get(section)?.find_ref(key)
    }

    /// Everything that is wrong with this layer when it is laid over sound defaults.
    ///
    /// Deserialization stops at the first problem; so each faulty value is noted, taken out, and the rest tried again.
    pub(super) fn problems(&self, defaults: &Self) -> Vec<String> {
        let mut rest = self.clone();
        let mut problems = Vec::new();
        while let Err(error) = Figment::from(defaults).merge(&rest).extract::<Configuration>() {
            problems.push(self.describe(&error));
            if !remove(&mut rest.values, &error.path) {
                break;
            }
        }
        problems
    }

    fn describe(&self, error: &Error) -> String {
        let path = error.path.join(".");
        let hidden = self.confidential || secrets::concern(&path);
        format!("{} {path}: {}", self.origin, describe(&error.kind, hidden))
    }
}

/// Every single value in nested sections, with its path, such as `server.port`.
pub(super) fn leaves(values: &Dict) -> Vec<(String, &Value)> {
    let leaves = values.iter().flat_map(|(key, value)| match value {
        Value::Dict(_, inner) => {
            let inner = leaves(inner).into_iter();
            inner.map(|(path, value)| (format!("{key}.{path}"), value)).collect()
        }
        _ => vec![(key.clone(), value)],
    });
    leaves.collect()
}

impl Provider for &Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    // Layers are merged in their order of precedence, so figment's own profiles are not needed.
    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

fn describe(kind: &Kind, hidden: bool) -> String {
    match kind {
        Kind::UnknownField(_, known) => format!("unknown key, known here: {}", known.join(", ")),
        Kind::UnknownVariant(_, known) if hidden => format!("allowed: {}", known.join(", ")),
        Kind::UnknownVariant(found, known) => format!("found {found:?}, allowed: {}", known.join(", ")),
        Kind::InvalidType(found, allowed) | Kind::InvalidValue(found, allowed) => {
            let allowed = match allowed.as_str() {
                "a sequence" => "a list, such as [\"a\", \"b\"], with quotation marks around each text",
                "a string" => "a text in quotation marks",
                section if section.starts_with("struct ") => "a section",
                said => said,
            };
            if hidden {
                format!("allowed: {allowed}")
            } else {
                format!("found {}, allowed: {allowed}", shown(found))
            }
        }
        // The messages of this module's own types, which repeat no value that may be a secret.
        Kind::Message(message) => message.clone(),
        _ => "not understood".to_owned(),
    }
}

/// A value as it would be written in the file.
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

fn remove(values: &mut Dict, path: &[String]) -> bool {
    match path {
        [] => false,
        [key] => values.remove(key).is_some(),
        [key, rest @ ..] => match values.get_mut(key) {
            Some(Value::Dict(_, inner)) => remove(inner, rest),
            _ => false,
        },
    }
}
