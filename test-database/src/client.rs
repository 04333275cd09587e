//! A client of a PostgreSQL server, which can also be used in `drop`.

use std::thread;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

/// Opens one connection.
pub(crate) async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await;
    connection.unwrap_or_else(|error| panic!("the PostgreSQL server of the tests must answer: {error}"))
}

/// Runs statements that return no rows.
pub(crate) async fn execute(url: &str, statements: &str) {
    connect(url).await.execute_unprepared(statements).await.unwrap();
}

/// Returns whether a query finds a row.
pub(crate) async fn finds(url: &str, query: &str) -> Result<bool, DbErr> {
    let statement = Statement::from_string(DbBackend::Postgres, query);
    Ok(connect(url).await.query_one_raw(statement).await?.is_some())
}

/// Runs a future to completion, even inside another runtime.
pub(crate) fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> T {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(future)
    };
    thread::scope(|scope| scope.spawn(run).join().unwrap())
}
