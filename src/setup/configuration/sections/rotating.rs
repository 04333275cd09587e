use std::iter;

use serde::Deserialize;

/// A secret or a key file that can be replaced without a break.
///
/// It is one value, or several in a list or on lines, of which the first is in use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany", bound(deserialize = "T: From<String> + Default"))]
pub struct Rotating<T> {
    /// Used for everything new; empty if it is not set.
    pub current: T,
    /// Used only for what was made with them.
    pub former: Vec<T>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "allowed: a text, or a list of texts whose first is in use")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl<T> Rotating<T> {
    /// Returns all of them, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        iter::once(&self.current).chain(&self.former)
    }
}

impl<T: From<String> + Default> From<OneOrMany> for Rotating<T> {
    fn from(values: OneOrMany) -> Self {
        let values = match values {
            OneOrMany::One(lines) => without_line_end(&lines).lines().map(str::to_owned).collect(),
            OneOrMany::Many(values) => values,
        };
        let mut values = values.iter().map(|value| without_line_end(value).into());
        Self {
            current: values.next().unwrap_or_default(),
            former: values.collect(),
        }
    }
}

/// Removes the line ends that a file or a shell leaves behind a value.
pub fn without_line_end(value: &str) -> String {
    value.trim_end_matches(['\r', '\n']).to_owned()
}
