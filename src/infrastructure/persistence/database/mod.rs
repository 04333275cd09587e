//! The one database: how it is addressed, opened and asked, and all that differs between SQLite and PostgreSQL.
//!
//! [`Database`] has a handle for each kind of work; whoever has one need not know of which kind the database is, and
//! has no `match` on it. Whatever is stored in it is no matter of this folder.

mod connect_error;
mod database_url;
mod options;
mod pool_metrics;
mod postgres;
mod sqlite;
mod timed_connection;

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait, error::ConnAcquireErr,
};
use tokio::sync::Semaphore;

pub use connect_error::ConnectError;
use database_url::Kind;
pub use database_url::{DatabaseUrl, InvalidDatabaseUrl, PostgresDefaults};
pub use options::DatabaseOptions;
pub use sqlite::DatabaseFile;
pub(super) use timed_connection::TimedConnection;

/// Who migrates a PostgreSQL database holds this advisory lock: `gatehous` in ASCII, unlikely to be taken by others.
const MIGRATION_LOCK: i64 = i64::from_be_bytes(*b"gatehous");

/// The database, by the handles that its kind needs, which may be one and the same. Nothing outside of it knows of which
/// kind it is.
#[derive(Clone, Debug)]
pub struct Database {
    writer: TimedConnection<DatabaseConnection>,
    reader: TimedConnection<DatabaseConnection>,
    replica: Option<TimedConnection<DatabaseConnection>>,
    /// One for each transaction that there can be at a time.
    turns: Arc<Semaphore>,
    /// How long a transaction waits for its turn.
    max_transaction_wait: Duration,
    file: Option<Arc<DatabaseFile>>,
}

impl Database {
    /// Opens the database. Its replica need not answer yet.
    ///
    /// # Errors
    /// [`ConnectError`] if it cannot be opened.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, ConnectError> {
        let mut file = None;
        let (writer, reader, patience, transactions) = match options.url.kind() {
            Kind::Sqlite(path) => {
                file = Some(Arc::new(sqlite::prepare_file(path, options)?));
                let (writer, reader) = sqlite::connect(path, options).await?;
                (writer, reader, None, 1)
            }
            Kind::Postgres(url) => {
                let pool = postgres::connect(url, options).await?;
                // For a connection and a statement together, and longer than the database needs to end either.
                let patience = options.acquire_timeout.max(options.statement_timeout) + Duration::from_secs(1);
                (pool.clone(), pool, Some(patience), options.max_connections)
            }
        };
        let replica = match &options.read_url {
            Some(url) => Some(Self::connect_replica(url, options).await?),
            None => None,
        };
        Ok(Self {
            writer: TimedConnection::new(writer, patience),
            reader: TimedConnection::new(reader, patience),
            replica: replica.map(|replica| TimedConnection::new(replica, patience)),
            turns: Arc::new(Semaphore::new(transactions as usize)),
            max_transaction_wait: options.max_transaction_wait,
            file,
        })
    }

    /// The file of the database, if it is one.
    pub fn file(&self) -> Option<&DatabaseFile> {
        self.file.as_deref()
    }

    async fn connect_replica(url: &DatabaseUrl, options: &DatabaseOptions) -> Result<DatabaseConnection, ConnectError> {
        let (Kind::Postgres(_), Kind::Postgres(address)) = (options.url.kind(), url.kind()) else {
            return Err(ConnectError::NotReplicated);
        };
        if let Err(error) = postgres::probe(address, options).await {
            log::warn!("the replica {url}: {error}");
        }
        postgres::connect_lazily(address, options).await
    }

    /// Logs a warning if SQLite was built without the option that `.cargo/config.toml` sets.
    ///
    /// Cargo reads that file only if it runs in the checkout: `cargo install --path` and `cargo build --manifest-path` do not.
    /// Nothing sets it later: SQLite has no pragma for it, and sqlx does not offer `sqlite3_db_config`.
    pub async fn warn_of_slow_build(&self) {
        let reader = self.reader.untimed();
        if !self.is_postgres() && sqlite::is_built_with(reader, "ENABLE_QPSG").await == Some(false) {
            log::warn!(
                "SQLite was built without SQLITE_ENABLE_QPSG, so it plans many statements anew each time: build in the \
                 checkout, whose .cargo/config.toml sets it, or with LIBSQLITE3_FLAGS=-DSQLITE_ENABLE_QPSG"
            );
        }
    }

    /// Closes every connection. A SQLite database then stands alone in its file, without its log.
    pub async fn close(self) {
        let closed = async {
            // The writer last: it takes the log into the file, which readers may not.
            for connection in [self.replica(), &self.reader, &self.writer] {
                connection.untimed().close_by_ref().await?;
            }
            Ok(())
        };
        if let Err(error) = self.writer.in_time(closed).await {
            log::warn!("the database was not closed cleanly: {error}");
        }
    }

    /// The handle that writes, for tests that put the database into a state of their own.
    #[cfg(test)]
    pub(super) fn writer(&self) -> &DatabaseConnection {
        self.writer.untimed()
    }

    /// The handle that reads what was committed before.
    pub(super) fn reader(&self) -> &TimedConnection<DatabaseConnection> {
        &self.reader
    }

    /// The handle that reads what was committed before, or a little earlier: the replica's, if there is one.
    pub(super) fn replica(&self) -> &TimedConnection<DatabaseConnection> {
        self.replica.as_ref().unwrap_or(&self.reader)
    }

    /// Every pool of connections, with the name that metrics call it by.
    pub(super) fn pools(&self) -> impl Iterator<Item = (&'static str, &DatabaseConnection)> {
        let primary = if self.is_postgres() {
            vec![("primary", &self.writer)]
        } else {
            vec![("writer", &self.writer), ("reader", &self.reader)]
        };
        let replica = self.replica.iter().map(|replica| ("replica", replica));
        let pools = primary.into_iter().chain(replica);
        pools.map(|(name, pool)| (name, pool.untimed()))
    }

    /// Opens a transaction. In SQLite it holds the right to write from its beginning: one that asked for it later could
    /// find that what it read has changed, and would fail.
    pub(super) async fn begin(&self) -> Result<TimedConnection<DatabaseTransaction>, DbErr> {
        self.begin_with(None).await
    }

    /// Opens a transaction that sees the database as it is now until its end, however long that takes.
    pub(super) async fn begin_snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        // Where there is one writer at a time, this one keeps all others out.
        let isolation = self.is_postgres().then_some(IsolationLevel::RepeatableRead);
        self.without_limits(self.begin_with(isolation).await?).await
    }

    /// Opens a transaction in which the schema or all data may be changed, however long that takes. Every other process that
    /// wants to do the same waits until its end; on SQLite, no longer than for any other that writes.
    pub(super) async fn begin_migration(&self) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.without_limits(self.begin().await?).await?;
        if self.is_postgres() {
            let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
            transaction.execute_unprepared(&lock).await?;
        }
        Ok(transaction)
    }

    async fn begin_with(
        &self,
        isolation_level: Option<IsolationLevel>,
    ) -> Result<TimedConnection<DatabaseTransaction>, DbErr> {
        let options = TransactionOptions {
            isolation_level,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let turn = tokio::time::timeout(self.max_transaction_wait, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        };
        let writer = self.writer.untimed().clone();
        let begun = self
            .writer
            .to_its_end(async move { writer.begin_with_options(options).await });
        Ok(self.writer.with(begun.await?).holding(turn))
    }

    async fn without_limits(
        &self,
        transaction: TimedConnection<DatabaseTransaction>,
    ) -> Result<DatabaseTransaction, DbErr> {
        let transaction = transaction.into_untimed();
        if self.is_postgres() {
            let lift = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
            transaction.execute_unprepared(lift).await?;
        }
        Ok(transaction)
    }

    fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }
}
