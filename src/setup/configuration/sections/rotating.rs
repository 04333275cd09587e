use std::iter;

use serde::Deserialize;

/// A secret or a key file that can be replaced without a break: one, or a list whose first is in use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany<T>", bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Rotating<T> {
    /// Used for everything new; empty if it is not set.
    pub current: T,
    /// Used only for what was made with them.
    pub former: Vec<T>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "allowed: a text, or a list of texts whose first is in use")]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Rotating<T> {
    /// Returns all of them, the current one first.
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
