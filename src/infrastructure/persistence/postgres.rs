//! Opening a PostgreSQL database.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, DatabaseConnection, SqlxPostgresConnector,
    sqlx::{
        self, ConnectOptions as _, Connection,
        postgres::{PgConnectOptions, PgConnection},
    },
};
use url::Url;

use super::{ConnectError, DatabaseOptions};

/// How long a connection may have been idle to be trusted unasked. A busy one costs no question; after an outage every one
/// is asked.
const TRUSTED_IDLE_TIME: Duration = Duration::from_secs(1);

/// Opens the database at `url`, which must answer.
///
/// # Errors
/// [`ConnectError`] if it does not, with what it or the network says.
pub(super) async fn connect(url: &Url, options: &DatabaseOptions) -> Result<DatabaseConnection, ConnectError> {
    // A pool goes on trying, and in the end says only that time is up.
    probe(url, options).await?;
    connect_lazily(url, options).await
}

/// Makes a pool for the database at `url`, which may not answer yet.
///
/// # Errors
/// [`ConnectError`] if there can be none at this address.
pub(super) async fn connect_lazily(url: &Url, options: &DatabaseOptions) -> Result<DatabaseConnection, ConnectError> {
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
    Ok(SqlxPostgresConnector::connect(connect).await?)
}

/// Asks whether the database at `url` lets us in.
///
/// # Errors
/// [`ConnectError`] if it does not, or not in time.
pub(super) async fn probe(url: &Url, options: &DatabaseOptions) -> Result<(), ConnectError> {
    let connection = async {
        let connection: PgConnection = PgConnectOptions::from_url(url)?.connect().await?;
        connection.close().await
    };
    let reason = match tokio::time::timeout(options.acquire_timeout, connection).await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(sqlx::Error::Database(error))) => error.message().to_owned(),
        Ok(Err(sqlx::Error::Io(error))) => error.to_string(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("there was no answer for {} s", options.acquire_timeout.as_secs()),
    };
    Err(ConnectError::Open(reason))
}
