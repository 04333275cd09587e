use std::{fmt, net::Ipv6Addr};

use sea_orm::sqlx::postgres::PgSslMode;
use thiserror::Error;
use url::Url;

/// The parameters that an address of a PostgreSQL database may have.
const PARAMETERS: [&str; 7] = [
    "application_name",
    "host",
    "options",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
];

/// The address of a database: `sqlite:` and the path of a file, or `postgres://user:password@host:port/db?sslmode=require`.
/// `Debug` and `Display` leave out the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Kind);

/// The address, by the kind of the database.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite(String),
    Postgres(Url),
}

/// What an address of a PostgreSQL database may leave out.
#[derive(Clone, Copy)]
pub struct PostgresDefaults<'a> {
    /// IP address or host name of the server.
    pub host: &'a str,
    /// TCP port of the server.
    pub port: u16,
    /// The role to log in as.
    pub user: &'a str,
    /// Its password; empty if the server wants none.
    pub password: &'a str,
    /// The name of the database.
    pub db: &'a str,
}

/// Why an address is none of a database. No message repeats the address, which may hold a password.
#[derive(Debug, Error)]
pub enum InvalidDatabaseUrl {
    /// The address is of no supported kind.
    #[error("allowed: `sqlite:` and the path of a file without `?`, or `postgres://user:password@host:port/db`")]
    Unsupported,
    /// The address of a PostgreSQL database is not a URL.
    #[error("not a URL: {0}. Special characters in user and password must be percent-encoded")]
    Malformed(url::ParseError),
    /// A parameter of the address is unknown, and would be without effect.
    #[error("unknown parameter {0:?}, known: {known}", known = PARAMETERS.join(", "))]
    UnknownParameter(String),
    /// The address asks for an unknown kind of encryption.
    #[error("unknown sslmode, allowed: disable, allow, prefer, require, verify-ca, verify-full")]
    UnknownSslMode,
    /// The address asks for a socket that is in no directory.
    #[error("the parameter host is for the directory of a socket, as in postgres:///db?host=/var/run/postgresql")]
    SocketWithoutDirectory,
}

impl DatabaseUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidDatabaseUrl`] if no database can be there.
    pub fn parse(url: &str) -> Result<Self, InvalidDatabaseUrl> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            // SQLite would take settings, and databases in memory, which every connection must be without.
            let is_file = !path.trim_matches('/').is_empty() && !path.contains('?') && !path.contains(":memory:");
            return if is_file {
                Ok(Self(Kind::Sqlite(url.to_owned())))
            } else {
                Err(InvalidDatabaseUrl::Unsupported)
            };
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(InvalidDatabaseUrl::Unsupported);
        }
        let url = Url::parse(url).map_err(InvalidDatabaseUrl::Malformed)?;
        // What looks like one of these is the rest of a password.
        let path = url.path().trim_start_matches('/');
        let query = url.query().unwrap_or_default();
        if url.fragment().is_some() || path.contains(['/', '@']) || query.contains('@') {
            return Err(InvalidDatabaseUrl::Malformed(url::ParseError::InvalidDomainCharacter));
        }
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                unknown if !PARAMETERS.contains(&unknown) => {
                    return Err(InvalidDatabaseUrl::UnknownParameter(unknown.to_owned()));
                }
                "sslmode" if value.parse::<PgSslMode>().is_err() => return Err(InvalidDatabaseUrl::UnknownSslMode),
                "host" if !value.starts_with('/') => return Err(InvalidDatabaseUrl::SocketWithoutDirectory),
                _ => {}
            }
        }
        Ok(Self(Kind::Postgres(url)))
    }

    /// The address, in which what it leaves out is taken from `defaults`, if it is that of a PostgreSQL database.
    ///
    /// # Errors
    /// [`InvalidDatabaseUrl`] if the host is none.
    pub fn or_defaults(&self, defaults: PostgresDefaults<'_>) -> Result<Self, InvalidDatabaseUrl> {
        let Kind::Postgres(mut url) = self.0.clone() else {
            return Ok(self.clone());
        };
        if url.host_str().is_none_or(str::is_empty) {
            let host = match defaults.host.parse::<Ipv6Addr>() {
                Ok(ip) => format!("[{ip}]"),
                Err(_) => defaults.host.to_owned(),
            };
            url.set_host(Some(&host)).map_err(InvalidDatabaseUrl::Malformed)?;
        }
        let mut set = Ok(());
        if url.port().is_none() {
            set = set.and(url.set_port(Some(defaults.port)));
        }
        if url.username().is_empty() {
            set = set.and(url.set_username(defaults.user));
        }
        if url.password().is_none() && !defaults.password.is_empty() {
            set = set.and(url.set_password(Some(defaults.password)));
        }
        if url.path().trim_matches('/').is_empty() {
            url.set_path(defaults.db);
        }
        set.map_err(|()| InvalidDatabaseUrl::Unsupported)?;
        Ok(Self(Kind::Postgres(url)))
    }

    /// Whether a database of this kind can have replicas on other servers.
    pub fn can_be_replicated(&self) -> bool {
        matches!(self.0, Kind::Postgres(_))
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Sqlite(url) => f.write_str(url),
            Kind::Postgres(url) => {
                let mut shown = url.clone();
                // It fails only where there is no host, and so no password either.
                let _ = shown.set_password(url.password().map(|_| "***"));
                shown.fmt(f)
            }
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
    use rstest::rstest;

    use super::*;

    const DEFAULTS: PostgresDefaults<'_> = PostgresDefaults {
        host: "db.example",
        port: 5433,
        user: "gatehouse",
        password: "p@ss:w/rd#%",
        db: "users",
    };

    fn password(url: &DatabaseUrl) -> Option<String> {
        let Kind::Postgres(url) = url.kind() else { return None };
        let options = url.as_str().parse::<sea_orm::sqlx::postgres::PgConnectOptions>();
        // The options do not show their password, but build an address with it.
        let url = sea_orm::sqlx::ConnectOptions::to_url_lossy(&options.unwrap());
        url.password().map(ToOwned::to_owned)
    }

    #[rstest]
    #[case::path("sqlite:x.db")]
    #[case::relative("sqlite://x.db")]
    #[case::absolute("sqlite:///tmp/x.db")]
    #[case::with_at_sign("sqlite:data/a@b.db")]
    #[case::everything_left_out("postgres://")]
    #[case::without_password("postgres://db.example/gatehouse")]
    #[case::encrypted("postgresql://db.example/gatehouse?sslmode=verify-full&sslrootcert=/etc/ca.pem")]
    #[case::socket("postgres:///gatehouse?host=/var/run/postgresql")]
    fn an_address_is_shown_as_it_is(#[case] address: &str) {
        assert_eq!(DatabaseUrl::parse(address).unwrap().to_string(), address);
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = DatabaseUrl::parse("postgres://gatehouse:hunter2@db.example/gatehouse").unwrap();
        assert_eq!(url.to_string(), "postgres://gatehouse:***@db.example/gatehouse");
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    #[rstest]
    #[case::nothing("", "allowed: `sqlite:`")]
    #[case::path_alone("x.db", "allowed: `sqlite:`")]
    #[case::no_path("sqlite://", "allowed: `sqlite:`")]
    #[case::memory("sqlite::memory:", "allowed: `sqlite:`")]
    #[case::settings("sqlite:x.db?mode=ro", "allowed: `sqlite:`")]
    #[case::other_database("mysql://root:hunter2@h/x", "allowed: `sqlite:`")]
    #[case::no_slashes("postgres:gatehouse", "allowed: `sqlite:`")]
    #[case::slash_in_password("postgres://u:hunter2/x@h/x", "percent-encoded")]
    #[case::slash_after_digits("postgres://u:1/hunter2@h/x", "percent-encoded")]
    #[case::hash_in_password("postgres://u:1#hunter2@h/x", "percent-encoded")]
    #[case::question_mark_in_password("postgres://u:?hunter2@h/x", "percent-encoded")]
    #[case::question_mark_after_digits("postgres://u:1?hunter2@h/x", "percent-encoded")]
    #[case::host_as_parameter("postgres://u:hunter2@h/x?host=h2", "directory of a socket")]
    #[case::misspelt_parameter("postgres://u:hunter2@h/x?sslmod=require", "unknown parameter \"sslmod\"")]
    #[case::unknown_mode("postgres://u:hunter2@h/x?sslmode=always", "unknown sslmode, allowed: disable")]
    fn what_is_no_address_is_refused_without_being_repeated(#[case] address: &str, #[case] reason: &str) {
        let refusal = DatabaseUrl::parse(address).unwrap_err().to_string();
        assert!(refusal.contains(reason) && !refusal.contains("hunter2"), "{refusal}");
    }

    #[test]
    fn what_an_address_leaves_out_is_taken_from_the_defaults() {
        let completed = |address: &str| DatabaseUrl::parse(address).unwrap().or_defaults(DEFAULTS).unwrap();
        for (address, expected) in [
            ("postgres://", "postgres://gatehouse:***@db.example:5433/users"),
            (
                "postgres:///?sslmode=require",
                "postgres://gatehouse:***@db.example:5433/users?sslmode=require",
            ),
            ("postgres://alice:secret@h:1/x", "postgres://alice:***@h:1/x"),
            ("postgres://replica", "postgres://gatehouse:***@replica:5433/users"),
            ("sqlite:x.db", "sqlite:x.db"),
        ] {
            assert_eq!(completed(address).to_string(), expected);
        }
        assert_eq!(
            password(&completed("postgres://")).as_deref(),
            Some("p%40ss%3Aw%2Frd%23%25")
        );
        assert_eq!(password(&completed("postgres://u:own@h")).as_deref(), Some("own"));

        let ip_v6 = PostgresDefaults {
            host: "::1",
            password: "",
            ..DEFAULTS
        };
        let url = DatabaseUrl::parse("postgres://").unwrap().or_defaults(ip_v6).unwrap();
        assert_eq!(url.to_string(), "postgres://gatehouse@[::1]:5433/users");
    }
}
