//! Errors of the database, of which some allow a retry.

use std::{borrow::Cow, io};

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, postgres::PgDatabaseError, sqlite::SqliteError},
};

use crate::application::ports::StorageError;

const HUNG_UP: &str = "the database server, or a proxy in front of it, closed the connection";

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        let text = describe(&error).into();
        if is_unavailable(&error) {
            Self::Unavailable(text)
        } else {
            Self::Failed(text)
        }
    }
}

fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_ref() {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
                        is_postgres_unavailable(&code)
                    } else {
                        sqlite_obstacle(&code).is_some()
                    }
                }),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Describes the error with its sources, and with the remedy if SQLite cannot use its file.
pub(super) fn describe(error: &DbErr) -> String {
    if let Some(obstacle) = sqlite_code(error).as_deref().and_then(sqlite_obstacle) {
        return format!("{obstacle} ({error})");
    }
    match sqlx_error(error) {
        Some(cause) if is_hang_up(cause) => HUNG_UP.to_owned(),
        _ => error.to_string(),
    }
}

/// Describes an error of sqlx, without the words that say only that it is one.
pub(super) fn describe_sqlx(error: &sqlx::Error) -> String {
    match error {
        error if is_hang_up(error) => HUNG_UP.to_owned(),
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

/// Returns whether PostgreSQL, or a proxy that has no server to pass the connection on to, hung up.
fn is_hang_up(error: &sqlx::Error) -> bool {
    match error {
        // How sqlx reads the end of the stream there. A place in its source follows.
        sqlx::Error::Protocol(text) => text.starts_with("unexpected response from SSLRequest: 0x00"),
        sqlx::Error::Io(error) => error.kind() == io::ErrorKind::UnexpectedEof,
        _ => false,
    }
}

/// Returns the error of sqlx that caused this one.
fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// Returns the result code of an error of SQLite.
fn sqlite_code(error: &DbErr) -> Option<Cow<'_, str>> {
    let error = sqlx_error(error)?.as_database_error()?;
    let is_sqlite = error.try_downcast_ref::<SqliteError>().is_some();
    error.code().filter(|_| is_sqlite)
}

/// Returns what keeps SQLite from its file. The low byte of the extended `code` is the primary result code.
fn sqlite_obstacle(code: &str) -> Option<&'static str> {
    /// The file of the index of the log could not be enlarged.
    const SQLITE_IOERR_SHMSIZE: u32 = 4874;
    let code = code.parse::<u32>().ok()?;
    match (code & 0xff, code) {
        // SQLITE_FULL
        (13, _) | (_, SQLITE_IOERR_SHMSIZE) => Some("the disk of the database file is full: make room on it"),
        // SQLITE_BUSY, SQLITE_LOCKED
        (5 | 6, _) => Some("another process has locked the database file for too long"),
        // SQLITE_READONLY: like a standby of PostgreSQL, it accepts no writes for now.
        (8, _) => Some("the database file was read-only when it was opened: make it writable, and start again"),
        // SQLITE_IOERR
        (10, _) => {
            Some("the database file cannot be read or written: look at its disk, and whether it is mounted read-only")
        }
        // SQLITE_CANTOPEN
        (14, _) => {
            Some("the database file, or one that belongs beside it, cannot be opened: look at the rights to its folder")
        }
        _ => None,
    }
}

/// Returns whether a retry may succeed after this `SQLSTATE` of PostgreSQL, possibly on another server.
fn is_postgres_unavailable(code: &str) -> bool {
    match code {
        // The primary has become a standby, which accepts no writes.
        "25006" => true,
        // The transaction was idle for too long, or a lock was not available.
        "25P03" | "55P03" => true,
        // Connection lost, transaction rolled back (deadlock), resources exhausted, statement cancelled or server
        // stopped, system error.
        _ => ["08", "40", "53", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::busy("5", true)]
    #[case::busy_snapshot("517", true)]
    #[case::read_only("8", true)]
    #[case::disk_full("13", true)]
    #[case::disk_full_at_the_start("4874", true)]
    #[case::cannot_open("14", true)]
    #[case::io_error_on_fsync("1034", true)]
    #[case::unique_constraint("2067", false)]
    fn a_locked_or_lost_file_is_told_from_a_refused_statement(#[case] code: &str, #[case] unavailable: bool) {
        assert_eq!(sqlite_obstacle(code).is_some(), unavailable);
    }

    #[rstest]
    #[case::with_tls(sqlx::Error::Protocol("unexpected response from SSLRequest: 0x00 (tls:95)".to_owned()))]
    #[case::without(sqlx::Error::Io(io::ErrorKind::UnexpectedEof.into()))]
    fn who_hung_up_is_named(#[case] error: sqlx::Error) {
        assert_eq!(describe_sqlx(&error), HUNG_UP);
        let error = DbErr::Conn(RuntimeErr::SqlxError(error.into()));
        assert_eq!(describe(&error), HUNG_UP);
        assert!(is_unavailable(&error));
    }

    #[rstest]
    #[case::connection_failure("08006", true)]
    #[case::read_only("25006", true)]
    #[case::idle_in_transaction("25P03", true)]
    #[case::serialization_failure("40001", true)]
    #[case::deadlock("40P01", true)]
    #[case::too_many_connections("53300", true)]
    #[case::statement_timeout("57014", true)]
    #[case::shutdown("57P01", true)]
    #[case::unique_violation("23505", false)]
    #[case::check_violation("23514", false)]
    #[case::undefined_table("42P01", false)]
    fn a_server_that_cannot_now_is_told_from_a_refused_statement(#[case] code: &str, #[case] unavailable: bool) {
        assert_eq!(is_postgres_unavailable(code), unavailable);
    }
}
