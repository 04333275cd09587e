use sea_orm::Statement;

/// Limits the rows by a constant.
///
/// Of a parameter PostgreSQL assumes that it lets a tenth of the rows through. A plan for any limit then looks so
/// expensive that PostgreSQL plans each execution anew.
pub(super) fn limited(statement: Statement, limit: u64) -> Statement {
    Statement {
        sql: format!("{} LIMIT {limit}", statement.sql),
        ..statement
    }
}
