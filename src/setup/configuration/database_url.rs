use std::fmt;

use serde::Deserialize;

/// Address of a database of a supported kind. `Debug` and `Display` leave out credentials.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address, credentials included: for connecting, not for showing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = String;

    // The refused address may hold credentials, so the message does not repeat it.
    fn try_from(url: String) -> Result<Self, String> {
        match url.strip_prefix("sqlite:") {
            // SQLite would take settings and databases in memory that every connection needs to be without.
            Some(path) if !path.trim_matches('/').is_empty() && !path.contains('?') && !path.contains(":memory:") => {
                Ok(Self(url))
            }
            _ => Err("only SQLite is supported, allowed: `sqlite:` and the path of a file".to_owned()),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.split_once("://"), self.0.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, host))) => write!(f, "{scheme}://[redacted]@{host}"),
            _ => f.write_str(&self.0),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_never_shown() {
        let url = DatabaseUrl("postgres://gatehouse:p@ss:word@db.example/gatehouse".to_owned());

        assert_eq!(url.to_string(), "postgres://[redacted]@db.example/gatehouse");
        assert!(!format!("{url:?}").contains("word@"));
        assert!(url.as_str().contains("p@ss:word"));
    }

    #[test]
    fn an_address_without_credentials_is_shown_as_it_is() -> Result<(), String> {
        assert_eq!(
            DatabaseUrl::try_from("sqlite:data/a@b.db".to_owned())?.to_string(),
            "sqlite:data/a@b.db"
        );
        Ok(())
    }

    #[test]
    fn a_refused_address_is_not_repeated() {
        for url in ["postgres://user:hunter2@host/db", "hunter2", "sqlite:", ""] {
            let refusal = DatabaseUrl::try_from(url.to_owned());

            assert!(
                refusal.is_err_and(|message| message.contains("sqlite:") && !message.contains("hunter2")),
                "{url}"
            );
        }
    }

    #[test]
    fn only_the_path_of_a_file_is_an_address() {
        for address in ["sqlite:x.db", "sqlite://x.db", "sqlite:///tmp/x.db", "sqlite:data/x.db"] {
            assert!(DatabaseUrl::try_from(address.to_owned()).is_ok(), "{address}");
        }
        for address in [
            "x.db",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:x.db?mode=ro",
            "mysql://h/x",
        ] {
            assert!(DatabaseUrl::try_from(address.to_owned()).is_err(), "{address}");
        }
    }
}
