use std::{fs, io, path::Path, str::FromStr, time::Duration};

use sea_orm::{
    ConnectOptions, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use thiserror::Error;

/// The database, by two handles that may be pools of their own.
///
/// SQLite lets one writer in at a time, so all writes queue for a single connection here instead of colliding in the
/// file, while readers, which write-ahead logging never blocks, have a pool to themselves.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// `sqlite:` and the path of the file.
    pub url: String,
    /// Whether the file, with its folder, is made if it is missing.
    pub create: bool,
    /// Size of the readers' pool, in connections.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long a writer waits for another process that writes.
    pub busy_timeout: Duration,
}

/// Why the database could not be opened.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Several connections would each see a database of their own.
    #[error("an in-memory database cannot be shared between connections: name a file")]
    InMemory,
    /// The database file cannot be made or written to.
    #[error("cannot write the database file {path}")]
    Unwritable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// There is no such file, and none is to be made.
    #[error("there is no database file {path}: is this the right directory?")]
    Missing {
        /// The file.
        path: String,
    },
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(DbErr),
}

#[cfg(test)]
impl DatabaseOptions {
    /// Options for a test's own database at `url`.
    pub(super) fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            create: true,
            max_connections: 8,
            acquire_timeout: Duration::from_secs(5),
            busy_timeout: Duration::from_secs(5),
        }
    }
}

impl Database {
    /// Opens the database.
    ///
    /// # Errors
    /// [`ConnectError`] if it cannot be opened.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, ConnectError> {
        prepare_file(options)?;
        let writer = connect_sqlite(options, 1, |sqlite| sqlite).await?;
        let reader = connect_sqlite(options, options.max_connections, |sqlite| {
            sqlite.pragma("query_only", "ON")
        })
        .await?;
        Ok(Self { writer, reader })
    }

    /// Closes every connection, after which the database file stands alone, without its log.
    pub async fn close(self) {
        for connection in [self.reader, self.writer] {
            if let Err(error) = connection.close().await {
                log::warn!("the database was not closed cleanly: {error}");
            }
        }
    }

    /// The handle that writes, for tests that put the database into a state of their own.
    #[cfg(test)]
    pub(super) fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// The handle that only reads.
    pub(super) fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Opens a transaction that holds the right to write from its beginning. One that asked for it later could find that
    /// what it read has changed, and would fail.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await
    }
}

async fn connect_sqlite(
    options: &DatabaseOptions,
    max_connections: u32,
    specialize: fn(SqliteConnectOptions) -> SqliteConnectOptions,
) -> Result<DatabaseConnection, DbErr> {
    let busy_timeout = options.busy_timeout;
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(max_connections)
        .acquire_timeout(options.acquire_timeout)
        // A connection to a file does not go stale, so there is nothing to test before its use, and no need to replace it.
        .test_before_acquire(false)
        .max_lifetime(None)
        .idle_timeout(None)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            specialize(
                sqlite
                    .journal_mode(SqliteJournalMode::Wal)
                    // In WAL mode only FULL syncs on every commit: an acknowledged write survives a power cut.
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(busy_timeout),
            )
        });
    sea_orm::Database::connect(connect).await
}

/// Sees to it that there is a file to open.
fn prepare_file(options: &DatabaseOptions) -> Result<(), ConnectError> {
    let url = &options.url;
    let sqlite = SqliteConnectOptions::from_str(url)
        .map_err(|error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(ConnectError::InMemory);
    }
    let file = sqlite.get_filename();
    let path = || file.display().to_string();
    if !options.create && !file.exists() {
        return Err(ConnectError::Missing { path: path() });
    }
    open_private_file(file).map_err(|source| ConnectError::Unwritable { path: path(), source })
}

/// Proves that the file can be written to, which SQLite would notice only at the first change. If it is missing it is made,
/// with its folder, for their owner alone: the database holds password hashes. SQLite takes an empty file for an empty
/// database, and gives its mode to the files that it puts beside it.
fn open_private_file(file: &Path) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    if let Some(parent) = file.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.recursive(true).create(parent)?;
    }
    options.append(true).create(true).open(file).map(drop)
}

impl From<DbErr> for ConnectError {
    fn from(error: DbErr) -> Self {
        Self::Open(error)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::*;

    async fn pragma(connection: &DatabaseConnection, name: &str) -> String {
        let statement = Statement::from_string(sea_orm::DbBackend::Sqlite, format!("PRAGMA {name}"));
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<String>(0)
            .unwrap_or_else(|_| row.try_get_by_index::<i64>(0).unwrap().to_string())
    }

    async fn database() -> (tempfile::TempDir, Database) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("some/folder/gatehouse.db");
        let options = DatabaseOptions::new(format!("sqlite:{}", path.display()));
        (directory, Database::connect(&options).await.unwrap())
    }

    #[tokio::test]
    async fn every_connection_is_durable_waits_and_keeps_references() {
        let (_directory, database) = database().await;
        for connection in [database.writer(), database.reader()] {
            assert_eq!(pragma(connection, "journal_mode").await, "wal");
            assert_eq!(pragma(connection, "synchronous").await, "2");
            assert_eq!(pragma(connection, "foreign_keys").await, "1");
            assert_eq!(pragma(connection, "busy_timeout").await, "5000");
        }
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let (_directory, database) = database().await;
        assert!(
            database
                .reader()
                .execute_unprepared("CREATE TABLE t (c)")
                .await
                .is_err()
        );
        assert!(database.writer().execute_unprepared("CREATE TABLE t (c)").await.is_ok());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_is_missing_is_made_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (directory, _database) = database().await;
        let folder = directory.path().join("some/folder");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for file in fs::read_dir(folder).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_to_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let options = DatabaseOptions::new(format!("sqlite:{}", directory.path().display()));
        let refusal = Database::connect(&options).await;
        assert!(matches!(refusal, Err(ConnectError::Unwritable { .. })));
    }

    #[tokio::test]
    async fn a_file_that_is_not_to_be_made_is_missed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("gatehouse.db");
        let options = DatabaseOptions {
            create: false,
            ..DatabaseOptions::new(format!("sqlite:{}", path.display()))
        };
        let refusal = Database::connect(&options).await;
        assert!(matches!(refusal, Err(ConnectError::Missing { .. })));
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_closed_database_is_one_file() {
        let (directory, database) = database().await;
        database
            .writer()
            .execute_unprepared("CREATE TABLE t (c)")
            .await
            .unwrap();
        database.close().await;
        let files = fs::read_dir(directory.path().join("some/folder")).unwrap().count();
        assert_eq!(files, 1);
    }

    #[tokio::test]
    async fn a_database_in_memory_is_refused() {
        for url in ["sqlite::memory:", "sqlite:file?mode=memory"] {
            let refusal = Database::connect(&DatabaseOptions::new(url)).await;
            assert!(matches!(refusal, Err(ConnectError::InMemory)));
        }
    }
}
