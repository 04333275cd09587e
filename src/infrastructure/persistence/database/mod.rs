//! The one database: how it is addressed, opened and queried, and all that differs between SQLite and PostgreSQL.
//!
//! [`Database`] has a handle for each kind of work, whose users need not know the kind of the database.

mod connect_error;
mod database_url;
mod executor;
mod options;
mod pool_metrics;
mod postgres;
mod relay;
mod sqlite;
mod timed_connection;
mod transaction;

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait, error::ConnAcquireErr,
};
use tokio::sync::Semaphore;

pub use connect_error::ConnectError;
use database_url::Kind;
pub use database_url::{DatabaseUrl, InvalidDatabaseUrl, PostgresDefaults};
use executor::{Executor, Silence};
pub use options::DatabaseOptions;
pub(super) use relay::Relay;
pub use sqlite::DatabaseFile;
use timed_connection::TimedConnection;
pub(super) use transaction::SeaOrmTransaction;

/// The advisory lock for migrations of a PostgreSQL database: `gatehous` in ASCII, unlikely to be used by others.
const MIGRATION_LOCK: i64 = i64::from_be_bytes(*b"gatehous");

/// The database, with a handle for each kind of work. Some may be the same.
#[derive(Clone, Debug)]
pub struct Database {
    writer: TimedConnection<DatabaseConnection>,
    reader: TimedConnection<DatabaseConnection>,
    replica: Option<TimedConnection<DatabaseConnection>>,
    pub(super) executor: Executor,
    /// One for each transaction that can be open at a time.
    turns: Arc<Semaphore>,
    max_transaction_wait: Duration,
    file: Option<Arc<DatabaseFile>>,
}

impl Database {
    /// Opens the database. Its replica need not answer yet.
    ///
    /// # Errors
    /// [`ConnectError`] if it cannot be opened.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, ConnectError> {
        let timeout = options.url.can_be_replicated().then(|| {
            // Covers a connection and a statement, and is longer than the limit that the database has for either.
            options.acquire_timeout.max(options.statement_timeout) + Duration::from_secs(1)
        });
        let [executor, of_replica] = [(); 2].map(|()| Executor::new(timeout));
        let mut file = None;
        let (writer, reader, transactions) = match options.url.kind() {
            Kind::Sqlite(path) => {
                file = Some(Arc::new(sqlite::prepare_file(path, options)?));
                let (writer, reader) = sqlite::connect(path, options).await?;
                (writer, reader, 1)
            }
            Kind::Postgres(url) => {
                let (writer, reader) = postgres::connect(url, options, executor.silence()).await?;
                (writer, reader, options.max_connections)
            }
        };
        let replica = match &options.read_url {
            Some(url) => Some(Self::connect_replica(url, options, of_replica.silence()).await?),
            None => None,
        };
        Ok(Self {
            writer: TimedConnection::new(writer, &executor),
            reader: TimedConnection::new(reader, &executor),
            replica: replica.map(|replica| TimedConnection::new(replica, &of_replica)),
            executor,
            turns: Arc::new(Semaphore::new(transactions as usize)),
            max_transaction_wait: options.max_transaction_wait,
            file,
        })
    }

    /// Returns the file of a SQLite database.
    pub fn file(&self) -> Option<&DatabaseFile> {
        self.file.as_deref()
    }

    async fn connect_replica(
        url: &DatabaseUrl,
        options: &DatabaseOptions,
        silence: &Silence,
    ) -> Result<DatabaseConnection, ConnectError> {
        let (Kind::Postgres(_), Kind::Postgres(address)) = (options.url.kind(), url.kind()) else {
            return Err(ConnectError::NotReplicated);
        };
        if let Err(error) = postgres::probe(address, options).await {
            log::warn!("the replica {url}: {error}");
        }
        postgres::connect_reader(address, options, silence).await
    }

    /// Logs a warning if SQLite was built without the option that `.cargo/config.toml` sets.
    ///
    /// Cargo reads that file only if it runs in the checkout: `cargo install --path` and `cargo build --manifest-path`
    /// do not. The option cannot be set later: SQLite has no pragma for it, and sqlx does not offer
    /// `sqlite3_db_config`.
    pub async fn warn_of_slow_build(&self) {
        let reader = self.reader.untimed();
        if !self.is_postgres() && sqlite::is_built_with(reader, "ENABLE_QPSG").await == Some(false) {
            log::warn!(
                "SQLite was built without SQLITE_ENABLE_QPSG, so it plans many statements anew each time: build in the \
                 checkout, whose .cargo/config.toml sets it, or with LIBSQLITE3_FLAGS=-DSQLITE_ENABLE_QPSG"
            );
        }
    }

    /// Closes every connection. SQLite then removes its log and leaves one file.
    pub async fn close(self) {
        let closed = async {
            // The writer last: it takes the log into the file, which readers may not.
            for connection in [self.replica(), &self.reader, &self.writer] {
                connection.untimed().close_by_ref().await?;
            }
            Ok(())
        };
        if let Err(error) = self.executor.with_timeout(closed).await {
            log::warn!("the database was not closed cleanly: {error}");
        }
    }

    /// Returns the handle that writes, for tests that prepare the database.
    #[cfg(test)]
    pub(super) fn writer(&self) -> &DatabaseConnection {
        self.writer.untimed()
    }

    /// Returns the handle that reads all that was committed before.
    pub(super) fn reader(&self) -> &TimedConnection<DatabaseConnection> {
        &self.reader
    }

    /// Returns the handle of the replica, which may lag behind, or the reader if there is none.
    pub(super) fn replica(&self) -> &TimedConnection<DatabaseConnection> {
        self.replica.as_ref().unwrap_or(&self.reader)
    }

    /// Returns every pool of connections with its name in the metrics.
    pub(super) fn pools(&self) -> impl Iterator<Item = (&'static str, &DatabaseConnection)> {
        let primary = [("writer", &self.writer), ("reader", &self.reader)];
        let replica = self.replica.iter().map(|replica| ("replica", replica));
        let pools = primary.into_iter().chain(replica);
        pools.map(|(name, pool)| (name, pool.untimed()))
    }

    /// Opens a transaction, which on SQLite may write from its beginning.
    ///
    /// If it asked for that right later, what it read could have changed since, and it would fail.
    pub(super) async fn begin(&self) -> Result<SeaOrmTransaction, DbErr> {
        self.begin_with(None).await
    }

    /// Opens a transaction without time limits that sees the database as it is now until its end.
    pub(super) async fn begin_snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        // On SQLite, the transaction keeps all other writers out.
        let isolation = self.is_postgres().then_some(IsolationLevel::RepeatableRead);
        self.without_limits(self.begin_with(isolation).await?).await
    }

    /// Opens a transaction without time limits in which the schema or all data may be changed.
    ///
    /// Other processes that call this wait until its end; on SQLite, no longer than for any other writer.
    pub(super) async fn begin_migration(&self) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.without_limits(self.begin().await?).await?;
        if self.is_postgres() {
            let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
            transaction.execute_unprepared(&lock).await?;
        }
        Ok(transaction)
    }

    async fn begin_with(&self, isolation_level: Option<IsolationLevel>) -> Result<SeaOrmTransaction, DbErr> {
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
        let begun = async move { writer.begin_with_options(options).await };
        let begun = self.executor.run_to_completion(begun).await?;
        Ok(SeaOrmTransaction {
            inner: TimedConnection::new(begun, &self.executor),
            _turn: turn,
        })
    }

    async fn without_limits(&self, transaction: SeaOrmTransaction) -> Result<DatabaseTransaction, DbErr> {
        let transaction = transaction.inner.into_untimed();
        if self.is_postgres() {
            let lift = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
            transaction.execute_unprepared(lift).await?;
        }
        Ok(transaction)
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }
}
