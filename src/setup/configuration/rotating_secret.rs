use std::iter;

use secrecy::SecretString;
use serde::Deserialize;

/// A secret that can be replaced without a break: a text, or a list of texts whose first is in use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct RotatingSecret {
    /// Serves for whatever is made from now on; empty if it is not set.
    pub current: SecretString,
    /// Serve for what was made with them.
    pub former: Vec<SecretString>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "allowed: a text, or a list of texts whose first is in use")]
enum OneOrMany {
    One(SecretString),
    Many(Vec<SecretString>),
}

impl RotatingSecret {
    /// All of them, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &SecretString> {
        iter::once(&self.current).chain(&self.former)
    }
}

impl From<OneOrMany> for RotatingSecret {
    fn from(secret: OneOrMany) -> Self {
        let mut secrets = match secret {
            OneOrMany::One(secret) => vec![secret],
            OneOrMany::Many(secrets) => secrets,
        }
        .into_iter();
        Self {
            current: secrets.next().unwrap_or_default(),
            former: secrets.collect(),
        }
    }
}
