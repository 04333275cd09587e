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

/// How long a connection may be idle before it is tested. A busy one is not; after an outage every one is.
const TRUSTED_IDLE_TIME: Duration = Duration::from_secs(1);

/// Opens the database at `url`, which must answer.
pub(super) async fn connect(url: &Url, options: &DatabaseOptions) -> Result<DatabaseConnection, ConnectError> {
    // A pool retries, and its final error says only that time is up.
    probe(url, options).await?;
    connect_lazily(url, options).await
}

/// Makes a pool for the database at `url`, which need not answer yet.
pub(super) async fn connect_lazily(url: &Url, options: &DatabaseOptions) -> Result<DatabaseConnection, ConnectError> {
    let settings = [
        // Releases what a node has locked that froze or lost its network.
        (
            "idle_in_transaction_session_timeout",
            options.statement_timeout.as_millis().to_string(),
        ),
        // Rows that must not change are locked. At a higher level, transactions would fail after waiting for a lock.
        ("default_transaction_isolation", "read committed".to_owned()),
    ];
    let host = host(url);
    let mut connect = ConnectOptions::new(url.as_str());
    connect
        .connect_lazy(true)
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire_if_idle_for(TRUSTED_IDLE_TIME)
        .statement_timeout(options.statement_timeout)
        .map_sqlx_postgres_opts(move |postgres| postgres.host(&host).options(settings.clone()))
        .sqlx_logging(false);
    if !url.query_pairs().any(|(name, _)| name == "application_name") {
        connect.set_application_name("gatehouse");
    }
    Ok(SqlxPostgresConnector::connect(connect).await?)
}

/// Checks that the database at `url` accepts a connection, and stores text in UTF-8.
pub(super) async fn probe(url: &Url, options: &DatabaseOptions) -> Result<(), ConnectError> {
    let connection = async {
        let options = PgConnectOptions::from_url(url)?.host(&host(url));
        let mut connection: PgConnection = options.connect().await?;
        let encoding: String = sqlx::query_scalar("SHOW server_encoding")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(encoding)
    };
    let reason = match tokio::time::timeout(options.acquire_timeout, connection).await {
        Ok(Ok(encoding)) if encoding == "UTF8" => return Ok(()),
        Ok(Ok(encoding)) => return Err(ConnectError::NotUtf8 { encoding }),
        Ok(Err(sqlx::Error::Database(error))) => error.message().to_owned(),
        Ok(Err(sqlx::Error::Io(error))) => error.to_string(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("there was no answer for {} s", options.acquire_timeout.as_secs()),
    };
    Err(ConnectError::Open(reason))
}

/// Returns the host, without the brackets that an IPv6 address has in a URL.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    host.trim_matches(['[', ']']).to_owned()
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    use test_database::{DatabaseKind, PostgresDatabase, apply, needs_postgres};

    use super::*;
    use crate::infrastructure::persistence::{Database, testing::TestDatabase};

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn what_keeps_requests_apart_and_in_time_is_set_whatever_the_address_says() {
        let place = PostgresDatabase::new();
        let mut url = Url::parse(&place.url()).unwrap();
        let options = "-c default_transaction_isolation=serializable -c statement_timeout=0";
        url.query_pairs_mut().append_pair("options", options);
        let database = Database::connect(&DatabaseOptions::new(url)).await.unwrap();
        for (setting, expected) in [
            ("default_transaction_isolation", "read committed"),
            ("statement_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("application_name", "gatehouse"),
        ] {
            let show = Statement::from_string(DbBackend::Postgres, format!("SHOW {setting}"));
            let row = database.reader().query_one_raw(show).await.unwrap().unwrap();
            assert_eq!(row.try_get_by_index::<String>(0).unwrap(), expected, "{setting}");
        }
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn who_leaves_while_a_transaction_begins_leaves_none_behind() {
        let database = TestDatabase::migrated(DatabaseKind::Postgres).await;
        let left =
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        let left = Statement::from_string(DbBackend::Postgres, left);
        for microseconds in (0..2_000).step_by(20) {
            let _ = tokio::time::timeout(Duration::from_micros(microseconds), database.begin()).await;
            // It is rolled back in the background, long before the server itself would end it.
            let gone = async {
                while !database.reader().query_all_raw(left.clone()).await.unwrap().is_empty() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::sleep(Duration::from_millis(20)).await;
            let gone = tokio::time::timeout(Duration::from_secs(1), gone).await;
            assert!(gone.is_ok(), "after {microseconds} µs");
        }
    }
}
