use std::iter;

use figment::value::{Dict, Value};
use serde::Deserialize;

use super::secrets::{ROTATING_KEYS, SECRET_KEYS};

/// What a file or a shell may leave behind a secret.
const LINE_ENDS: [char; 2] = ['\r', '\n'];

/// A secret, or the file of a key, that can be replaced without a break: one, or a list whose first is in use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany<T>", bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Rotating<T> {
    /// Serves for whatever is made from now on; empty if it is not set.
    pub current: T,
    /// Serve for what was made with them.
    pub former: Vec<T>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "allowed: a text, or a list of texts whose first is in use")]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Rotating<T> {
    /// All of them, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        iter::once(&self.current).chain(&self.former)
    }
}

impl<T: Default> From<OneOrMany<T>> for Rotating<T> {
    fn from(values: OneOrMany<T>) -> Self {
        let mut values = match values {
            OneOrMany::One(value) => vec![value],
            OneOrMany::Many(values) => values,
        }
        .into_iter();
        Self {
            current: values.next().unwrap_or_default(),
            former: values.collect(),
        }
    }
}

/// Makes secrets the same, whether they come by variable, by file or in TOML: without line ends behind them, and of a key
/// that may have several, one for each line.
pub(super) fn normalize(values: &mut Dict) {
    for path in SECRET_KEYS.iter().chain(&ROTATING_KEYS) {
        let Some(value) = find_mut(values, path) else { continue };
        match value {
            Value::String(_, text) => {
                let text = without_line_end(text);
                *value = if ROTATING_KEYS.contains(path) && text.contains('\n') {
                    Vec::from_iter(text.lines().map(without_line_end)).into()
                } else {
                    text.into()
                };
            }
            Value::Array(_, elements) => {
                for element in elements {
                    if let Value::String(_, text) = element {
                        *element = without_line_end(text).into();
                    }
                }
            }
            _ => {}
        }
    }
}

fn without_line_end(text: &str) -> &str {
    text.trim_end_matches(LINE_ENDS)
}

fn find_mut<'a>(values: &'a mut Dict, path: &str) -> Option<&'a mut Value> {
    let Some((section, key)) = path.split_once('.') else {
        return values.get_mut(path);
    };
    match values.get_mut(section)? {
        Value::Dict(_, inner) => find_mut(inner, key),
        _ => None,
    }
}
