use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, postgres::PgDatabaseError},
};

use crate::application::ports::StorageError;

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        // Its text holds those of its sources already, so they would be logged twice.
        let text = error.to_string().into();
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
                        is_sqlite_unavailable(&code)
                    }
                }),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether an extended result code of SQLite says that the file is locked or out of reach, or the disk full: its low byte is
/// the primary code, `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_IOERR`, `SQLITE_FULL` or `SQLITE_CANTOPEN`.
fn is_sqlite_unavailable(code: &str) -> bool {
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}

/// Whether a `SQLSTATE` of PostgreSQL says that the same might work later, or on another server.
fn is_postgres_unavailable(code: &str) -> bool {
    match code {
        // A standby, to which what was the primary has been demoted, takes no writes.
        "25006" => true,
        // The transaction was idle for too long, or a lock was not to be had.
        "25P03" | "55P03" => true,
        // Connection lost, transaction rolled back for another's sake (deadlock), resources exhausted, statement cancelled
        // for its time or server stopped, system error.
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
    #[case::disk_full("13", true)]
    #[case::cannot_open("14", true)]
    #[case::io_error_on_fsync("1034", true)]
    #[case::unique_constraint("2067", false)]
    fn a_locked_or_lost_file_is_told_from_a_refused_statement(#[case] code: &str, #[case] unavailable: bool) {
        assert_eq!(is_sqlite_unavailable(code), unavailable);
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
