use sea_orm::{DbErr, RuntimeErr, sqlx};

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
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(error) => error.code().is_some_and(|code| is_sqlite_unavailable(&code)),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether an extended result code of SQLite says that the file is locked or out of reach: its low byte is the primary
/// code, `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_IOERR` or `SQLITE_CANTOPEN`.
fn is_sqlite_unavailable(code: &str) -> bool {
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 14))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::busy("5", true)]
    #[case::busy_snapshot("517", true)]
    #[case::cannot_open("14", true)]
    #[case::io_error_on_fsync("1034", true)]
    #[case::unique_constraint("2067", false)]
    #[case::postgres_unique_violation("23505", false)]
    fn a_locked_or_lost_file_is_told_from_a_refused_statement(#[case] code: &str, #[case] unavailable: bool) {
        assert_eq!(is_sqlite_unavailable(code), unavailable);
    }
}
