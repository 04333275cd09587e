use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    path::{Path, PathBuf},
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sea_orm::sqlx::{
    ConnectOptions as _,
    postgres::{PgConnectOptions, PgSslMode},
};
use thiserror::Error;
use url::Url;

/// The known parameters in the address of a PostgreSQL database.
const PARAMETERS: [&str; 7] = [
    "application_name",
    "host",
    "options",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
];

/// The address of a database. `Debug` and `Display` do not show the password.
///
/// It is `sqlite:` and the literal path of a file, or `postgres://user:password@host:port/db?sslmode=require`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Kind);

/// The address, by the kind of the database.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite(PathBuf),
    Postgres(Url),
}

/// Defaults for the address of a PostgreSQL database.
#[derive(Clone, Copy)]
pub struct PostgresDefaults<'a> {
    /// IP address or host name of the server.
    pub host: &'a str,
    /// TCP port of the server.
    pub port: u16,
    /// The role to log in as.
    pub user: &'a str,
    /// The password of the role; empty if the server requires none.
    pub password: &'a str,
    /// Whether `PGPASSWORD` and `~/.pgpass` take precedence over this password.
    pub is_password_fallback: bool,
    /// The name of the database.
    pub db: &'a str,
}

/// Why an address is invalid. No message repeats it, because it may contain a password.
#[derive(Debug, Error)]
pub enum InvalidDatabaseUrl {
    /// The address has no supported scheme.
    #[error("allowed: `sqlite:` and the path of a file, or `postgres://user:password@host:port/db`")]
    Unsupported,
    /// The address contains a control character or trailing white space.
    #[error("a control character is in it, or white space at its end, such as the CR of a file with CRLF line ends")]
    StrayCharacter,
    /// The address names a SQLite database in memory.
    #[error(
        "a SQLite database in memory is not supported: each connection would see a database of its own, lost at the \
         end. Name a file: `sqlite:` and its path"
    )]
    InMemory,
    /// The address opens a SQLite database read-only.
    #[error("mode=ro is not supported: every log-in writes to the database. Leave it out")]
    ReadOnly,
    /// The address of a SQLite database has another parameter.
    #[error("the only parameter of a SQLite address is mode=rwc, and `?` cannot be part of the path")]
    SqliteParameter,
    /// The path of a SQLite database begins with `~`.
    #[error("`~` is not expanded in the path of a SQLite database: write the whole path")]
    Tilde,
    /// The address names several PostgreSQL servers.
    #[error(
        "one address is needed, not a list of servers: put a proxy that follows the primary in front of them, such as \
         HAProxy, and name that one here; see docs/operate/failover.md"
    )]
    SeveralServers,
    /// The address of a PostgreSQL database is not a URL.
    #[error("not a URL: {0}. Special characters in user and password must be percent-encoded")]
    Malformed(url::ParseError),
    /// A parameter of the address is unknown.
    #[error("unknown parameter {0:?}, known: {known}", known = PARAMETERS.join(", "))]
    UnknownParameter(String),
    /// The `sslmode` is unknown.
    #[error("unknown sslmode, allowed: disable, allow, prefer, require, verify-ca, verify-full")]
    UnknownSslMode,
    /// The parameter `host` is no directory of a socket.
    #[error("the parameter host is for the directory of a socket, as in postgres:///db?host=/var/run/postgresql")]
    SocketWithoutDirectory,
}

impl DatabaseUrl {
    /// Parses an address.
    ///
    /// # Errors
    /// [`InvalidDatabaseUrl`] if it is not one of a database.
    pub fn parse(url: &str) -> Result<Self, InvalidDatabaseUrl> {
        if url.trim_end() != url || url.contains(char::is_control) {
            return Err(InvalidDatabaseUrl::StrayCharacter);
        }
        if let Some(rest) = url.strip_prefix("sqlite:") {
            return sqlite_path(rest).map(|path| Self(Kind::Sqlite(path)));
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(InvalidDatabaseUrl::Unsupported);
        }
        if names_several_servers(url) {
            return Err(InvalidDatabaseUrl::SeveralServers);
        }
        let url = Url::parse(url).map_err(InvalidDatabaseUrl::Malformed)?;
        // A part that looks like one of these is the rest of a password.
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

    /// Completes the address of a PostgreSQL database by `defaults`.
    ///
    /// # Errors
    /// [`InvalidDatabaseUrl`] if the default host is invalid.
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
            set = set.and(url.set_username(&encoded(defaults.user)));
        }
        if url.path().trim_matches('/').is_empty() {
            url.set_path(&encoded(defaults.db));
        }
        let gives_way = defaults.is_password_fallback && has_password_elsewhere(&url);
        if url.password().is_none() && !defaults.password.is_empty() && !gives_way {
            set = set.and(url.set_password(Some(&encoded(defaults.password))));
        }
        set.map_err(|()| InvalidDatabaseUrl::Unsupported)?;
        Ok(Self(Kind::Postgres(url)))
    }

    /// Returns whether a database of this kind can have replicas.
    pub fn can_be_replicated(&self) -> bool {
        matches!(self.0, Kind::Postgres(_))
    }

    /// Returns the path of a SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Sqlite(path) => Some(path),
            Kind::Postgres(_) => None,
        }
    }

    /// Returns whether the database is on another host whose TLS certificate is not verified.
    pub fn is_unverified(&self) -> bool {
        let Kind::Postgres(url) = &self.0 else { return false };
        PgConnectOptions::from_url(url)
            .is_ok_and(|options| !is_local(&options) && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull))
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }
}

/// Parses the part after `sqlite:` like SQLx and SeaORM: a path, with or without `//` before it.
fn sqlite_path(rest: &str) -> Result<PathBuf, InvalidDatabaseUrl> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if path.contains(":memory:") || query.contains("mode=memory") {
        Err(InvalidDatabaseUrl::InMemory)
    } else if query == "mode=ro" {
        Err(InvalidDatabaseUrl::ReadOnly)
    } else if rest.contains('?') && query != "mode=rwc" {
        Err(InvalidDatabaseUrl::SqliteParameter)
    } else if path.starts_with('~') {
        Err(InvalidDatabaseUrl::Tilde)
    } else if path.trim_matches('/').is_empty() || path.starts_with("file:") {
        // SQLite itself would read a path that starts with `file:` as a URI.
        Err(InvalidDatabaseUrl::Unsupported)
    } else {
        Ok(PathBuf::from(path))
    }
}

/// Returns whether the address has a list of hosts, as libpq accepts it.
fn names_several_servers(url: &str) -> bool {
    let authority_and_rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let end = authority_and_rest
        .find(['/', '?', '#'])
        .unwrap_or(authority_and_rest.len());
    let (authority, rest) = authority_and_rest.split_at(end);
    let hosts = authority.rsplit('@').next().unwrap_or_default();
    // An `@` behind it shows that this is a part of a password.
    hosts.contains(',') && !rest.contains('@')
}

/// Returns whether the server is on this machine: at a socket or a loopback address.
pub(super) fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']);
    options.get_socket().is_some()
        || host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Encodes a value as a part of a URL.
fn encoded(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// Returns whether `PGPASSWORD` or `~/.pgpass` has a password for the database at `url`.
fn has_password_elsewhere(url: &Url) -> bool {
    let Ok(options) = PgConnectOptions::from_url(url) else {
        return false;
    };
    // The options show their password only in a URL that they build. They would not encode the host and the user in it.
    let url = options.host("localhost").username("user").to_url_lossy();
    url.password().is_some()
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Kind::Postgres(url) => {
                let mut shown = url.clone();
                // It fails only without a host, and then there is no password.
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
mod tests;
