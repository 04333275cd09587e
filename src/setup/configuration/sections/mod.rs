//! The sections of the configuration: the type of each value, and what is allowed for it.

mod database;
mod forward_auth;
mod rotating;
mod security;
mod server;
mod throttle;
mod values;

use chrono::TimeDelta;
use log::LevelFilter;
use serde::{Deserialize, Deserializer};
use url::Url;

pub use database::{DatabaseConfig, MADE_UP, PostgresConfig};
pub use forward_auth::ForwardAuthConfig;
pub use rotating::Rotating;
pub use security::{AuthConfig, JwtAlgorithm, PasswordConfig, SecurityConfig};
pub use server::ServerConfig;
pub use throttle::ThrottleConfig;
use values::{days, filled, named, one_of};

use super::names::{DEV, LOCAL};
use crate::domain::user::{ContextWord, PasswordPolicy};

/// Everything that can be configured, checked and complete.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Name of the environment that it was loaded for, such as `local` or `prod`.
    #[serde(skip)]
    pub environment: String,
    /// Addresses, limits and timeouts of the server.
    pub server: ServerConfig,
    /// The OpenAPI document and Swagger UI.
    pub docs: FeatureConfig,
    /// The pages for people.
    pub console: ConsoleConfig,
    /// Sign-up by anyone.
    pub sign_up: FeatureConfig,
    /// The database and its limits.
    pub database: DatabaseConfig,
    /// The parts of a PostgreSQL address that `database.url` leaves out.
    pub postgres: PostgresConfig,
    /// Passwords, access tokens and cookies.
    pub security: SecurityConfig,
    /// Services that a proxy guards by asking this server.
    pub forward_auth: ForwardAuthConfig,
    /// The audit trail.
    pub audit: AuditConfig,
    /// Level and format of the log.
    pub logs: LogsConfig,
    /// The fields that are exported for other programs.
    pub export: ExportConfig,
}

impl Configuration {
    /// Returns whether it is meant for real users: everywhere but on a developer's machine and a test system.
    pub fn is_production(&self) -> bool {
        ![LOCAL, DEV].contains(&self.environment.as_str())
    }

    /// Returns the rules for new passwords.
    ///
    /// Besides the configured words, passwords may not contain those of the title, nor the labels of the hosts under
    /// which browsers reach the server, without the last one: of `https://id.acme.example`, `acme`.
    pub fn password_policy(&self) -> PasswordPolicy {
        let config = &self.security.password;
        let title = self.console.title.split(|letter: char| !letter.is_alphanumeric());
        let urls = Vec::from_iter(
            self.server
                .public_origins
                .iter()
                .filter_map(|origin| Url::parse(origin).ok()),
        );
        let labels = urls
            .iter()
            .filter_map(Url::domain)
            .flat_map(|domain| domain.split('.').rev().skip(1));
        let of_service = title.chain(labels).filter_map(|word| ContextWord::new(word).ok());
        PasswordPolicy::new(config.min_length)
            .with_context_words(config.context_words.iter().cloned().chain(of_service).collect())
    }
}

/// A feature that can be disabled.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureConfig {
    /// Whether it is enabled.
    pub enabled: bool,
}

/// The pages for people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleConfig {
    /// Whether they are served.
    pub enabled: bool,
    /// Name of the service in their head.
    #[serde(deserialize_with = "filled")]
    pub title: String,
}

/// The audit trail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// How long its events are kept.
    #[serde(rename = "retention_days", deserialize_with = "days::<_, 1, 36_500>")]
    pub retention: TimeDelta,
}

/// Level and format of the log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogsConfig {
    /// Lowest severity that is logged.
    #[serde(deserialize_with = "level")]
    pub level: LevelFilter,
    /// Format of a log line.
    #[serde(deserialize_with = "named")]
    pub format: LogFormat,
}

/// Format of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// A JSON object for log collectors.
    Json,
}

/// The fields that are exported for other programs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportConfig {
    /// Paths such as `postgres.user`; each exists.
    pub fields: Vec<String>,
}

fn level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LevelFilter, D::Error> {
    one_of(deserializer, LevelFilter::iter())
}
