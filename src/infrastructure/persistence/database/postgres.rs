//! Opening a PostgreSQL database.

use std::{env, time::Duration};

use sea_orm::{
    ConnectOptions, DatabaseConnection, SqlxPostgresConnector,
    sqlx::{
        self, ConnectOptions as _, Connection,
        pool::PoolConnectionMetadata,
        postgres::{PgConnectOptions, PgConnection, PgSslMode},
    },
};
use url::Url;

use super::{ConnectError, DatabaseOptions, database_url::is_local, executor::Silence};
use crate::infrastructure::persistence::error::describe_sqlx;

/// How long a connection may be idle before it is tested. A busy one is not; after an outage every one is.
const TRUSTED_IDLE_TIME: Duration = Duration::from_secs(1);

/// How long a connection that is given back may take to settle what was dropped on it: to finish a statement or to roll
/// back.
const MAX_SETTLING_TIME: Duration = Duration::from_secs(1);

/// Opens the database at `url`, which must answer. Returns its writer and its reader.
///
/// They have separate pools, because changes that wait for each other, or for a standby, must not keep anybody from
/// reading.
pub(super) async fn connect(
    url: &Url,
    options: &DatabaseOptions,
    silence: &Silence,
) -> Result<(DatabaseConnection, DatabaseConnection), ConnectError> {
    let writer = pool(url, &[], options, silence).await?;
    let reader = connect_reader(url, options, silence).await?;
    // Side by side, because each connection takes many round trips. The probe decides: a pool retries, and its final
    // error says only that time is up.
    let open = async |pool: &DatabaseConnection| {
        let _ = pool.ping().await;
        Ok(())
    };
    tokio::try_join!(probe(url, options), open(&writer), open(&reader))?;
    Ok((writer, reader))
}

/// Makes the pool that reads the database at `url`, which need not answer yet.
///
/// On each connection, PostgreSQL plans each statement once, by its text alone, as SQLite does. By default it would
/// plan many lists again for the values of each execution. If a plan depends on a value, the value must be a constant
/// in the text.
pub(super) async fn connect_reader(
    url: &Url,
    options: &DatabaseOptions,
    silence: &Silence,
) -> Result<DatabaseConnection, ConnectError> {
    pool(url, &[("plan_cache_mode", "force_generic_plan")], options, silence).await
}

/// Makes a pool for the database at `url`, with these `settings` of PostgreSQL. It replaces its connections after a
/// `silence`.
async fn pool(
    url: &Url,
    settings: &[(&str, &str)],
    options: &DatabaseOptions,
    silence: &Silence,
) -> Result<DatabaseConnection, ConnectError> {
    let address = connect_options(url, options).map_err(|error| ConnectError::Open(describe_sqlx(&error)))?;
    let address = address.options(settings.iter().copied());
    let silence = silence.clone();
    let mut connect = ConnectOptions::new(url.as_str());
    connect
        .connect_lazy(true)
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire(false)
        .map_sqlx_postgres_pool_opts(move |pool| {
            let silence = silence.clone();
            pool.after_release(|connection, _| Box::pin(settle(connection)))
                .before_acquire(move |connection, facts| Box::pin(test(connection, facts, silence.clone())))
        })
        .map_sqlx_postgres_opts(move |_| address.clone());
    Ok(SqlxPostgresConnector::connect(connect).await?)
}

/// Returns how to connect to the database at `url`.
fn connect_options(url: &Url, options: &DatabaseOptions) -> Result<PgConnectOptions, sqlx::Error> {
    let statement_timeout = options.statement_timeout.as_millis().to_string();
    let settings = [
        ("statement_timeout", &*statement_timeout),
        // Releases what a node has locked that froze or lost its network.
        ("idle_in_transaction_session_timeout", &*statement_timeout),
        // Rows that must not change are locked. At a higher level, transactions would fail after waiting for a lock.
        ("default_transaction_isolation", "read committed"),
    ];
    let mut connect = PgConnectOptions::from_url(url)?
        .host(&host(url))
        .options(settings)
        .disable_statement_logging();
    if !url.query_pairs().any(|(name, _)| name == "application_name") {
        connect = connect.application_name("gatehouse");
    }
    // Within one machine TLS protects nothing, and delays each connection by 90 ms, because sqlx sets no TCP_NODELAY.
    let asks_for_tls = url.query_pairs().any(|(name, _)| name.starts_with("ssl")) || env::var_os("PGSSLMODE").is_some();
    if is_local(&connect) && !asks_for_tls {
        connect = connect.ssl_mode(PgSslMode::Disable);
    }
    Ok(connect)
}

/// Returns whether a connection that was given back may be used. Otherwise it is replaced.
///
/// If the server fell silent since the connection was opened, another one may have taken its place. sqlx tests a
/// connection without a limit as it takes it back: when the server wakes up, the connection is in the pool again.
async fn test(
    connection: &mut PgConnection,
    facts: PoolConnectionMetadata,
    silence: Silence,
) -> Result<bool, sqlx::Error> {
    if silence.has_met(facts.age) {
        return Ok(false);
    }
    if facts.idle_for >= TRUSTED_IDLE_TIME {
        connection.ping().await?;
    }
    Ok(true)
}

/// Returns whether a connection that is given back can be used again. Otherwise it is closed.
///
/// A query that was dropped leaves a connection on which its response is still to come. If the server has fallen
/// silent, or a commit waits for a standby, sqlx would wait for that without a limit, and the pool would lack the
/// connection meanwhile.
async fn settle(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    // Ready at once if nothing is to come.
    let settled = tokio::time::timeout(MAX_SETTLING_TIME, connection.flush()).await;
    Ok(matches!(settled, Ok(Ok(()))))
}

/// Checks that the database at `url` accepts a connection, and stores text in UTF-8.
pub(super) async fn probe(url: &Url, options: &DatabaseOptions) -> Result<(), ConnectError> {
    let connection = async {
        let mut connection: PgConnection = connect_options(url, options)?.connect().await?;
        let encoding: String = sqlx::query_scalar("SHOW server_encoding")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(encoding)
    };
    let reason = match tokio::time::timeout(options.acquire_timeout, connection).await {
        Ok(Ok(encoding)) if encoding == "UTF8" => return Ok(()),
        Ok(Ok(encoding)) => return Err(ConnectError::NotUtf8 { encoding }),
        Ok(Err(error)) => describe_sqlx(&error),
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
    use std::time::Instant;

    use futures_util::future::{join, join_all};
    use rstest::rstest;
    use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
    use test_database::{DatabaseKind, PostgresDatabase, apply, needs_postgres};

    use super::*;
    use crate::infrastructure::persistence::{Database, testing::TestDatabase};

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn what_requests_rely_on_is_set_whatever_the_address_says() {
        let place = PostgresDatabase::new();
        let mut url = Url::parse(&place.url()).unwrap();
        let options = "-c default_transaction_isolation=serializable -c statement_timeout=0 -c plan_cache_mode=auto";
        url.query_pairs_mut().append_pair("options", options);
        let database = Database::connect(&DatabaseOptions::new(url)).await.unwrap();
        for (setting, expected) in [
            ("default_transaction_isolation", "read committed"),
            ("statement_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("application_name", "gatehouse"),
            ("plan_cache_mode", "force_generic_plan"),
        ] {
            let show = Statement::from_string(DbBackend::Postgres, format!("SHOW {setting}"));
            let row = database.reader().query_one_raw(show).await.unwrap().unwrap();
            assert_eq!(row.try_get_by_index::<String>(0).unwrap(), expected, "{setting}");
        }
    }

    #[rstest]
    #[case::loopback("postgres://127.0.0.2/x", false)]
    #[case::loopback("postgres://[::1]/x", false)]
    #[case::by_name("postgres://localhost/x", false)]
    #[case::socket("postgres:///x?host=/var/run/postgresql", false)]
    #[case::asked_for("postgres://localhost/x?sslmode=prefer", true)]
    #[case::by_certificate("postgres://localhost/x?sslcert=client.pem", true)]
    #[case::elsewhere("postgres://192.0.2.1/x", true)]
    fn on_this_machine_tls_is_used_only_if_it_is_asked_for(#[case] url: &str, #[case] expected: bool) {
        let options = DatabaseOptions::new(url);
        let connect = connect_options(&Url::parse(url).unwrap(), &options).unwrap();
        assert_eq!(!matches!(connect.get_ssl_mode(), PgSslMode::Disable), expected);
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn changes_that_take_every_turn_keep_nobody_from_reading() {
        let database = TestDatabase::migrated(DatabaseKind::Postgres).await;
        let transactions = join_all((0..database.options().max_connections).map(|_| database.begin())).await;
        assert!(transactions.iter().all(Result::is_ok));
        database.reader().execute_unprepared("SELECT").await.unwrap();
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn after_a_silence_every_older_connection_is_replaced() {
        let place = TestDatabase::empty(DatabaseKind::Postgres).await;
        let options = DatabaseOptions {
            max_connections: 2,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(1),
            ..place.options().clone()
        };
        let database = Database::connect(&options).await.unwrap();
        let reader = database.reader();
        let (one, other) = join(process(reader), process(reader)).await;
        assert_ne!(one, other);

        let too_long = "SET statement_timeout = 0; SELECT pg_sleep(6)";
        let given_up = reader.execute_unprepared(too_long).await.unwrap_err();
        assert!(matches!(given_up, DbErr::Conn(_)), "{given_up}");

        let replaced = process(reader).await;
        assert!(![one, other].contains(&replaced), "it is one of those that were open");
    }

    #[apply(needs_postgres)]
    #[rstest]
    #[case::soon("0.2", true)]
    #[case::not_in_time("4", false)]
    #[tokio::test]
    async fn a_connection_is_kept_if_what_was_dropped_on_it_ends_in_time(#[case] seconds: &str, #[case] kept: bool) {
        let place = TestDatabase::empty(DatabaseKind::Postgres).await;
        let options = DatabaseOptions {
            max_connections: 1,
            ..place.options().clone()
        };
        let database = Database::connect(&options).await.unwrap();
        let before = process(database.writer()).await;
        let start = Instant::now();

        let transaction = database.begin().await.unwrap().inner;
        let sleep = format!("SELECT pg_sleep({seconds})");
        let given_up = tokio::time::timeout(Duration::from_millis(50), transaction.execute_unprepared(&sleep)).await;
        assert!(given_up.is_err());
        drop(transaction);

        assert_eq!(process(database.writer()).await == before, kept);
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    }

    /// The number of the server's process, which takes its time, so that another query gets another one.
    async fn process(pool: &impl ConnectionTrait) -> i32 {
        let statement = "SELECT pg_backend_pid() FROM pg_sleep(0.2)";
        let statement = Statement::from_string(DbBackend::Postgres, statement);
        let row = pool.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }
}
