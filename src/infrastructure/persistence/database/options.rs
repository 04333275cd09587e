use std::time::Duration;

use super::database_url::DatabaseUrl;

/// How to open the database.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// The address of the database.
    pub url: DatabaseUrl,
    /// PostgreSQL: the address of a replica, for queries whose answers may lag behind.
    pub read_url: Option<DatabaseUrl>,
    /// SQLite: whether a missing file is created, with its folder.
    pub create: bool,
    /// Size of the pool; of SQLite, that of the readers.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long a transaction waits for its turn. Under overload, most requests fail early instead of all of them late.
    pub max_transaction_wait: Duration,
    /// SQLite: how long a writer waits for another process.
    pub busy_timeout: Duration,
    /// PostgreSQL: how long a statement may run, including its wait for locks.
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
