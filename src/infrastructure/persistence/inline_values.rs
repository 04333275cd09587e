use sea_orm::{DbBackend, Statement};

/// Writes the values of a statement for PostgreSQL into its text, so that it is planned for them.
///
/// Readers plan by the text alone, but a good plan for one value may read the whole table for another one. Each set of
/// values is prepared and planned, so use this for rare statements. PostgreSQL does not accept every time as text that
/// it accepts as a parameter, so the values must not contain times.
///
/// SQLite has no statistics, and makes the same plan for all values.
pub(super) fn inline_values(statement: Statement) -> Statement {
    match statement.db_backend {
        DbBackend::Postgres => Statement::from_string(DbBackend::Postgres, statement.to_string()),
        _ => statement,
    }
}
