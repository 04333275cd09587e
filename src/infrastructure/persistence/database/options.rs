use std::time::Duration;

use super::database_url::DatabaseUrl;

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// Where it is.
    pub url: DatabaseUrl,
    /// PostgreSQL: where a replica of it is, for queries that may be answered a little late.
    pub read_url: Option<DatabaseUrl>,
    /// SQLite: whether the file, with its folder, is made if it is missing.
    pub create: bool,
    /// Size of the pool, in connections; of SQLite, that of the readers.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long a transaction waits for its turn while there are others. When so many come that it takes longer, most of them
    /// are refused at once rather than all of them late.
    pub max_transaction_wait: Duration,
    /// SQLite: how long a writer waits for another process that writes.
    pub busy_timeout: Duration,
    /// PostgreSQL: how long a statement may run, waiting for locks included.
    pub statement_timeout: Duration,
}

#[cfg(test)]
impl DatabaseOptions {
    /// Options for a test's own database at `url`.
    pub(in crate::infrastructure::persistence) fn new(url: impl AsRef<str>) -> Self {
        Self {
            url: DatabaseUrl::parse(url.as_ref()).unwrap(),
            read_url: None,
            create: true,
            max_connections: 8,
            acquire_timeout: Duration::from_secs(5),
            max_transaction_wait: Duration::from_secs(5),
            busy_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
        }
    }
}
