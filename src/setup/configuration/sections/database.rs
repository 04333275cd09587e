//! The database: the keys under `database` and `postgres`.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de::Error};

use super::{
    rotating::without_line_end,
    values::{filled, host, milliseconds, seconds, whole},
};
use crate::infrastructure::persistence::{DatabaseUrl, InvalidDatabaseUrl, PostgresDefaults};

/// Prefix of the password that the first start in the environment `local` generates.
///
/// It is meant for a server that is still to be set up, such as that of Docker Compose. So `PGPASSWORD` and `~/.pgpass`
/// take precedence over it.
pub const MADE_UP: &str = "made-up-";

/// The database and its limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// The database to connect to.
    #[serde(deserialize_with = "url")]
    pub url: DatabaseUrl,
    /// PostgreSQL: the replica that lists of users are read from.
    #[serde(deserialize_with = "optional_url")]
    pub read_url: Option<DatabaseUrl>,
    /// Connections of the pool; of SQLite, of the readers' pool.
    #[serde(deserialize_with = "whole::<_, _, 1, 1000>")]
    pub max_connections: u32,
    /// Time that a request waits for a free connection.
    #[serde(rename = "acquire_timeout_seconds", deserialize_with = "seconds::<_, 1, 300>")]
    pub acquire_timeout: Duration,
    /// Time that a transaction waits for its turn.
    #[serde(
        rename = "max_transaction_wait_milliseconds",
        deserialize_with = "milliseconds::<_, 0, 60_000>"
    )]
    pub max_transaction_wait: Duration,
    /// SQLite: time that a writer waits for the lock of another process.
    #[serde(rename = "busy_timeout_seconds", deserialize_with = "seconds::<_, 1, 300>")]
    pub busy_timeout: Duration,
    /// PostgreSQL: time that a statement may take, waiting for locks included.
    #[serde(rename = "statement_timeout_seconds", deserialize_with = "seconds::<_, 1, 300>")]
    pub statement_timeout: Duration,
    /// Whether the start applies pending migrations.
    pub migrate_on_start: bool,
}

/// The parts of a PostgreSQL address that `database.url` leaves out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostgresConfig {
    /// IP address or host name of the server.
    #[serde(deserialize_with = "host")]
    pub host: String,
    /// TCP port of the server.
    #[serde(deserialize_with = "whole::<_, _, 1, 65_535>")]
    pub port: u16,
    /// The role to log in as.
    #[serde(deserialize_with = "filled")]
    pub user: String,
    /// Its password; empty if the server requires none.
    #[serde(default, deserialize_with = "secret")]
    pub password: SecretString,
    /// The name of the database.
    #[serde(deserialize_with = "filled")]
    pub db: String,
}

impl DatabaseConfig {
    /// Completes the addresses from `postgres`.
    ///
    /// # Errors
    /// If a completed address is invalid.
    pub fn complete(&mut self, postgres: &PostgresConfig) -> Result<(), InvalidDatabaseUrl> {
        for url in [Some(&mut self.url), self.read_url.as_mut()].into_iter().flatten() {
            *url = url.or_defaults(postgres.defaults())?;
        }
        Ok(())
    }
}

impl PostgresConfig {
    /// Returns the parts that an address may leave out.
    pub fn defaults(&self) -> PostgresDefaults<'_> {
        PostgresDefaults {
            host: &self.host,
            port: self.port,
            user: &self.user,
            password: self.password.expose_secret(),
            is_password_fallback: self.password.expose_secret().starts_with(MADE_UP),
            db: &self.db,
        }
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(|secret| without_line_end(&secret).into())
}

fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DatabaseUrl, D::Error> {
    DatabaseUrl::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads an address, or nothing from an empty text.
fn optional_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DatabaseUrl>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    DatabaseUrl::parse(&text).map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use crate::setup::configuration::testing::Scene;

    #[test]
    fn what_the_addresses_leave_out_is_taken_from_the_section_of_the_server() -> anyhow::Result<()> {
        let database = Scene::with_secrets("prod")?
            .variable("APP_DATABASE__URL", "postgres://")
            .variable("APP_DATABASE__READ_URL", "postgres://replica/?sslmode=require")
            .variable("APP_POSTGRES__HOST", "db")
            .variable("APP_POSTGRES__PASSWORD", "hunter2")
            .load()?
            .configuration
            .database;

        assert_eq!(database.url.to_string(), "postgres://gatehouse:***@db:5432/gatehouse");
        assert_eq!(
            database.read_url.map(|url| url.to_string()).as_deref(),
            Some("postgres://gatehouse:***@replica:5432/gatehouse?sslmode=require")
        );
        Ok(())
    }

    #[test]
    fn a_plain_value_is_not_decoded() -> anyhow::Result<()> {
        let database = Scene::with_secrets("prod")?
            .variable("APP_DATABASE__URL", "postgres://")
            .variable("APP_POSTGRES__USER", "Zx9%2fQ!")
            .load()?
            .configuration
            .database;

        assert_eq!(
            database.url.to_string(),
            "postgres://Zx9%252fQ%21@127.0.0.1:5432/gatehouse"
        );
        Ok(())
    }

    #[test]
    fn only_a_postgresql_database_has_a_replica() -> anyhow::Result<()> {
        for (url, read_url) in [("sqlite:x.db", "postgres://"), ("postgres://", "sqlite:x.db")] {
            let refusal = Scene::with_secrets("prod")?
                .variable("APP_DATABASE__URL", url)
                .variable("APP_DATABASE__READ_URL", read_url)
                .refusal()?;

            assert!(
                refusal.contains(
                    "variable APP_DATABASE__READ_URL database.read_url: a replica needs PostgreSQL at both addresses"
                ),
                "{refusal}"
            );
        }
        Ok(())
    }
}
