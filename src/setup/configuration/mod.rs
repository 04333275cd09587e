//! The configuration: what may be set, where it is read from, and what is refused.
//!
//! Four sources are merged, the later over the earlier: the `config.toml` that was built into the program, the one where it
//! starts, `.secrets.toml` (all with a section `[default]` and one for each environment) and environment variables named
//! `APP_<SECTION>__<KEY>`. Each key has its unit, default and range in `config.toml`; the types here hold only what has
//! passed those checks, so their readers need not check again.
//!
//! The types of a section stand here or in the file of its name, with readers of single values from [`values`]. The way
//! from sources to a [`Configuration`] is [`files`] and [`environment`], [`layers`], [`consistency`] and [`secrets`],
//! put together in [`loading`]; [`warnings`] and [`near_misses`] are about what is accepted nevertheless. No other layer
//! names any of this: they are given what they need.

mod consistency;
mod database;
mod dotenv;
mod environment;
mod error;
mod files;
mod layer;
mod layers;
mod loading;
mod near_misses;
mod rendering;
mod rotating;
mod secrets;
mod secrets_file;
mod security;
mod sources;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod throttle;
mod values;
mod warnings;

use std::{net::SocketAddr, time::Duration};

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::Deserialize;

pub use database::{DatabaseConfig, PostgresConfig};
pub use error::ConfigurationError;
pub use loading::{Exported, Loaded, check, export, show};
pub use rotating::Rotating;
pub use secrets::SECRET_KEYS;
pub use security::{AuthConfig, CookiesConfig, JwtAlgorithm, PasswordConfig, SameSite, SecurityConfig};
pub use sources::Sources;
pub use throttle::ThrottleConfig;
use values::{days, host, named, networks, origins, seconds, socket_address, whole};

/// The environment of a developer's machine: chosen by default, and the only one that generates its secrets.
const LOCAL: &str = "local";

/// The environment of a shared test system.
const DEV: &str = "dev";

/// Everything that can be configured, checked and complete.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Name of the environment it was loaded for, such as `local` or `prod`.
    #[serde(skip)]
    pub environment: String,
    /// How the server listens and how long it waits.
    pub server: ServerConfig,
    /// The documentation that is served beside the API.
    pub docs: DocsConfig,
    /// Sign-up by anyone.
    pub sign_up: SignUpConfig,
    /// Where the data is, and how it is reached.
    pub database: DatabaseConfig,
    /// The PostgreSQL server, as far as `database.url` leaves it out.
    pub postgres: PostgresConfig,
    /// Passwords, access tokens and cookies.
    pub security: SecurityConfig,
    /// The audit trail.
    pub audit: AuditConfig,
    /// What is logged.
    pub logs: LogsConfig,
    /// What other programs are told.
    pub export: ExportConfig,
}

/// How the server listens and how long it waits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// IP address or host name to listen on.
    #[serde(deserialize_with = "host")]
    pub host: String,
    /// TCP port; 0 takes any free one.
    #[serde(deserialize_with = "whole::<_, _, 0, 65_535>")]
    pub port: u16,
    /// Worker threads; 0 is one per core.
    #[serde(deserialize_with = "whole::<_, _, 0, 512>")]
    pub workers: usize,
    /// Connections of clients at a time, over all workers.
    #[serde(deserialize_with = "whole::<_, _, 1, 65_536>")]
    pub max_connections: usize,
    /// Connections at a time from one address or, of IPv6, from one /48 network.
    #[serde(deserialize_with = "whole::<_, _, 1, 65_536>")]
    pub max_connections_per_client: usize,
    /// Longest request body that is accepted.
    #[serde(deserialize_with = "whole::<_, _, 1024, 1_048_576>")]
    pub body_limit_bytes: usize,
    /// Time to receive the head of a request and, separately, its body.
    #[serde(rename = "request_timeout_seconds", deserialize_with = "seconds::<_, 1, 300>")]
    pub request_timeout: Duration,
    /// Time an idle connection stays open; zero closes it after each response.
    #[serde(rename = "keep_alive_seconds", deserialize_with = "seconds::<_, 0, 3600>")]
    pub keep_alive: Duration,
    /// Time that running requests get to finish when the server is stopped.
    #[serde(rename = "shutdown_timeout_seconds", deserialize_with = "seconds::<_, 0, 3600>")]
    pub shutdown_timeout: Duration,
    /// Origins under which browsers reach the server, as they send them.
    #[serde(deserialize_with = "origins")]
    pub public_origins: Vec<String>,
    /// Origins whose front ends may call the API, in the same form.
    #[serde(deserialize_with = "origins")]
    pub cors_allowed_origins: Vec<String>,
    /// Networks of the proxies that say who the client is.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Where they say it.
    #[serde(deserialize_with = "named")]
    pub trusted_proxy_header: TrustedProxyHeader,
    /// Where else, for Prometheus and probes, metrics and health are served, if they are; port 0 takes any free one.
    #[serde(deserialize_with = "socket_address")]
    pub metrics_addr: Option<SocketAddr>,
}

/// Where a trusted proxy says who the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustedProxyHeader {
    /// In `X-Forwarded-For`.
    XForwardedFor,
    /// In `Forwarded`.
    Forwarded,
}

/// The documentation that is served beside the API.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocsConfig {
    /// Whether the OpenAPI document and Swagger UI are served.
    pub enabled: bool,
}

/// Sign-up by anyone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUpConfig {
    /// Whether it is open.
    pub enabled: bool,
}

/// The audit trail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// How long its events are kept.
    #[serde(rename = "retention_days", deserialize_with = "days::<_, 1, 36_500>")]
    pub retention: TimeDelta,
}

/// What is logged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogsConfig {
    /// Least severity that is logged.
    #[serde(deserialize_with = "named")]
    pub level: LogLevel,
    /// Form of a log line.
    #[serde(deserialize_with = "named")]
    pub format: LogFormat,
}

/// What other programs are told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportConfig {
    /// The fields that are written as variables, such as `postgres.user`; each exists.
    pub fields: Vec<String>,
}

/// Least severity that is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of `log::LevelFilter`")]
pub enum LogLevel {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl From<LogLevel> for log::LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Off => Self::Off,
            LogLevel::Error => Self::Error,
            LogLevel::Warn => Self::Warn,
            LogLevel::Info => Self::Info,
            LogLevel::Debug => Self::Debug,
            LogLevel::Trace => Self::Trace,
        }
    }
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object for log collectors.
    Json,
}
