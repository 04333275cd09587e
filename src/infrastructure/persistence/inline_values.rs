use sea_orm::{DbBackend, Statement};

/// Writes the values of a statement for PostgreSQL into its text, so that it is planned for them.
///
/// Readers plan by the text alone. That is not enough where a good plan for one value reads the whole table for another
/// one. The price is to prepare and plan the statement for each set of values, so it is for statements that are rare.
///
/// SQLite, which has no statistics, makes the same plan for all values.
pub(super) fn inline_values(statement: Statement) -> Statement {
    match statement.db_backend {
        DbBackend::Postgres => Statement::from_string(DbBackend::Postgres, statement.to_string()),
        _ => statement,
    }
}
