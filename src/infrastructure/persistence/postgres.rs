//! Opening a PostgreSQL database.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, DatabaseConnection, DbErr, RuntimeErr, SqlxPostgresConnector,
    sqlx::{
        self, ConnectOptions as _, Connection,
        postgres::{PgConnectOptions, PgConnection},
    },
};
use url::Url;

use super::DatabaseOptions;

/// How long a connection may have been idle to be trusted unasked. A busy one costs no question; after an outage every one
/// is asked.
const TRUSTED_IDLE_TIME: Duration = Duration::from_secs(1);

/// Opens the database at `url`, which must answer.
///
/// # Errors
/// [`DbErr`] if it does not, with what it or the network says.
pub(super) async fn connect(url: &Url, options: &DatabaseOptions) -> Result<DatabaseConnection, DbErr> {
    // A pool goes on trying, and in the end says only that time is up.
    probe(url, options).await?;
    connect_lazily(url, options).await
}

/// Makes a pool for the database at `url`, which may not answer yet.
///
/// # Errors
/// [`DbErr`] if there can be none at this address.
pub(super) async fn connect_lazily(url: &Url, options: &DatabaseOptions) -> Result<DatabaseConnection, DbErr> {
    // What a node that froze or lost its network has locked must not stay locked.
    let idle_in_transaction = options.statement_timeout.as_millis().to_string();
    let mut connect = ConnectOptions::new(url.as_str());
    connect
        .connect_lazy(true)
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire_if_idle_for(TRUSTED_IDLE_TIME)
        .statement_timeout(options.statement_timeout)
        .map_sqlx_postgres_opts(move |postgres| {
            postgres.options([("idle_in_transaction_session_timeout", &idle_in_transaction)])
        })
        .sqlx_logging(false);
    if !url.query_pairs().any(|(name, _)| name == "application_name") {
        connect.set_application_name("gatehouse");
    }
    SqlxPostgresConnector::connect(connect).await
}

/// Asks whether the database at `url` lets us in.
///
/// # Errors
/// [`DbErr`] if it does not, or not in time.
pub(super) async fn probe(url: &Url, options: &DatabaseOptions) -> Result<(), DbErr> {
    let connection = async {
        let connection: PgConnection = PgConnectOptions::from_url(url)?.connect().await?;
        connection.close().await
    };
    let answer = match tokio::time::timeout(options.acquire_timeout, connection).await {
        Ok(answer) => answer,
        Err(elapsed) => Err(sqlx::Error::Io(elapsed.into())),
    };
    answer.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}
