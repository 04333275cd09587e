//! Opening a SQLite database, which has one writer at a time.
//!
//! All writes queue for a single connection instead of colliding in the file. Readers, which write-ahead logging never
//! blocks, have a pool of their own.

use std::{
    fs, io,
    path::{self, Path, PathBuf},
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxSqliteConnector, Statement,
    sqlx::{
        self, Connection, SqliteConnection,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous, SqliteTransactionManager},
    },
};
use sqlx_core::transaction::TransactionManager;

use super::{ConnectError, DatabaseOptions};

/// The file of a SQLite database.
#[derive(Debug)]
pub struct DatabaseFile {
    /// The absolute path.
    pub path: PathBuf,
    /// Whether the file was missing and has been created.
    pub is_new: bool,
}

/// Opens the database in the file at `path`. Returns its writer and its readers.
pub(super) async fn connect(
    path: &Path,
    options: &DatabaseOptions,
) -> Result<(DatabaseConnection, DatabaseConnection), ConnectError> {
    let writer = open(path, options, 1, |sqlite| {
        // Deleted rows are overwritten with zeros, so that erased users leave nothing readable in the file.
        sqlite.pragma("secure_delete", "ON")
    })
    .await?;
    let readers = open(path, options, options.max_connections, |sqlite| {
        sqlite.pragma("query_only", "ON")
    })
    .await?;
    Ok((writer, readers))
}

async fn open(
    path: &Path,
    options: &DatabaseOptions,
    max_connections: u32,
    specialize: fn(SqliteConnectOptions) -> SqliteConnectOptions,
) -> Result<DatabaseConnection, DbErr> {
    let (path, busy_timeout) = (path.to_owned(), options.busy_timeout);
    // The path is set below, because it would be decoded here.
    let mut connect = ConnectOptions::new("sqlite:");
    connect
        .max_connections(max_connections)
        .acquire_timeout(options.acquire_timeout)
        // A connection to a file does not go stale, so it need not be tested or replaced.
        .test_before_acquire(false)
        .max_lifetime(None)
        .idle_timeout(None)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            specialize(
                sqlite
                    .filename(&path)
                    .journal_mode(SqliteJournalMode::Wal)
                    // In WAL mode only FULL syncs on every commit, so that an acknowledged write survives a power cut.
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(busy_timeout),
            )
        })
        .map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(leave_transaction(connection)));
    SqlxSqliteConnector::connect(connect).await
}

/// Returns whether SQLite was built with an option such as `ENABLE_QPSG`, or `None` if it does not answer.
pub(super) async fn is_built_with(connection: &DatabaseConnection, option: &str) -> Option<bool> {
    let used = "SELECT sqlite_compileoption_used(?)";
    let used = Statement::from_sql_and_values(DbBackend::Sqlite, used, [option.into()]);
    connection.query_one_raw(used).await.ok()??.try_get_by_index(0).ok()
}

/// Ends the transaction that the connection wrongly takes for open, after SQLite rolled it back by itself.
///
/// SQLite does so if the disk is full or broken. Nothing would be committed on the connection any more. Another
/// connection would be no remedy: one that is opened while the file is read-only stays read-only.
async fn leave_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // It fails if the transaction is open after all.
        let _ = sqlx::raw_sql("BEGIN").execute(&mut *connection).await;
        SqliteTransactionManager::rollback(connection).await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Checks that the file exists and is writable, or creates it if `options` allow that.
pub(super) fn prepare_file(file: &Path, options: &DatabaseOptions) -> Result<DatabaseFile, ConnectError> {
    let absolute = path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let path = || absolute.display().to_string();
    let is_new = !file.exists();
    if is_new && !options.create {
        return Err(ConnectError::Missing { path: path() });
    }
    open_private_file(file).map_err(|source| ConnectError::Unwritable { path: path(), source })?;
    Ok(DatabaseFile { path: absolute, is_new })
}

/// Opens the file for writing, which SQLite would do only at the first change. Creates it and its folder if missing.
///
/// Only their owner has access, because the database holds password hashes. SQLite takes an empty file for an empty
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{super::Database, *};
    use futures_util::future::join_all;

    async fn pragma(connection: &DatabaseConnection, name: &str) -> String {
        let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<String>(0)
            .unwrap_or_else(|_| row.try_get_by_index::<i64>(0).unwrap().to_string())
    }

    async fn database() -> (tempfile::TempDir, Database) {
        let directory = tempfile::tempdir().unwrap();
        // If the path were decoded anywhere, there would be another file.
        let path = directory.path().join("some/folder/100%25 gate#house.db");
        let options = DatabaseOptions::new(format!("sqlite:{}", path.display()));
        (directory, Database::connect(&options).await.unwrap())
    }

    #[tokio::test]
    async fn every_connection_is_durable_waits_and_keeps_references() {
        let (_directory, database) = database().await;
        for connection in [database.writer(), database.reader().untimed()] {
            assert_eq!(pragma(connection, "journal_mode").await, "wal");
            assert_eq!(pragma(connection, "synchronous").await, "2");
            assert_eq!(pragma(connection, "foreign_keys").await, "1");
            assert_eq!(pragma(connection, "busy_timeout").await, "5000");
        }
        assert_eq!(pragma(database.writer(), "secure_delete").await, "1");
    }

    #[tokio::test]
    async fn the_options_of_the_build_are_known() {
        let (_directory, database) = database().await;
        let is_set = option_env!("LIBSQLITE3_FLAGS").is_some_and(|flags| flags.contains("SQLITE_ENABLE_QPSG"));
        for (option, expected) in [("ENABLE_QPSG", is_set), ("ENABLE_NOTHING", false)] {
            assert_eq!(is_built_with(database.reader().untimed(), option).await, Some(expected));
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

    #[tokio::test]
    async fn what_was_rolled_back_by_sqlite_itself_does_not_swallow_what_is_committed_later() {
        let (_directory, database) = database().await;
        let writer = database.writer();
        writer
            .execute_unprepared("CREATE TEMPORARY TABLE of_this_connection (c)")
            .await
            .unwrap();
        let interrupted = database.begin().await.unwrap();
        interrupted.inner.execute_unprepared("ROLLBACK").await.unwrap();
        drop(interrupted);
        drop(database.begin().await.unwrap());

        let transaction = database.begin().await.unwrap();
        transaction
            .inner
            .execute_unprepared("CREATE TABLE t (c)")
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        assert!(database.reader().execute_unprepared("SELECT c FROM t").await.is_ok());
        let is_kept = writer.execute_unprepared("SELECT c FROM of_this_connection").await;
        assert!(is_kept.is_ok(), "another connection may be read-only");
    }

    #[tokio::test]
    async fn who_would_wait_too_long_for_the_writer_is_refused_and_leaves_the_queue() {
        let directory = tempfile::tempdir().unwrap();
        let options = DatabaseOptions {
            max_transaction_wait: Duration::from_millis(500),
            ..DatabaseOptions::new(format!("sqlite:{}", directory.path().join("gatehouse.db").display()))
        };
        let database = Database::connect(&options).await.unwrap();
        let writer = database.begin().await.unwrap();
        let start = Instant::now();
        let refusals = join_all((0..100).map(|_| database.begin())).await;
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        for refusal in refusals {
            assert!(matches!(refusal, Err(DbErr::ConnectionAcquire(_))));
        }
        writer.commit().await.unwrap();
        database.begin().await.unwrap().commit().await.unwrap();
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
}
