//! The database goes away under load and comes back: a PostgreSQL server of the test's own is stopped, frozen or
//! locked.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use rstest::rstest;
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
use test_database::PostgresServer;

use crate::{
    gate::place::{Place, Proxy},
    support::{Answer, Client, PASSWORD, PATIENCE, Server},
};

/// How long the server waits for a connection, and for a statement.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What an answer may take on top of that: the second of patience with a silent database, and a busy machine.
const GRACE: Duration = Duration::from_secs(4);
const OUTAGE: Duration = Duration::from_secs(5);
const CLIENTS: usize = 6;

#[rstest]
#[case::shut_down("fast")]
#[case::crashed("immediate")]
#[ignore = "stops and starts a PostgreSQL server of its own"]
#[tokio::test]
async fn service_resumes_by_itself_after_the_database_was_stopped(#[case] mode: &str) {
    let postgres = PostgresServer::start();
    let server = serve(&postgres);
    let load = Load::begin(&server).await;

    postgres.stop(mode);
    let stopped = Instant::now();
    assert_alive_but_not_ready(&server).await;
    tokio::time::sleep(OUTAGE).await;
    assert_alive_but_not_ready(&server).await;
    let resumed = Instant::now();
    postgres.resume();

    load.assert_was_interrupted(stopped..resumed, TIMEOUT, &server).await;
}

#[ignore = "freezes a PostgreSQL server of its own"]
#[tokio::test]
async fn a_database_that_fell_silent_is_not_waited_for() {
    let postgres = PostgresServer::start();
    let server = serve(&postgres);
    let load = Load::begin(&server).await;

    let frozen = postgres.freeze();
    let stopped = Instant::now();
    assert_alive_but_not_ready(&server).await;
    tokio::time::sleep(OUTAGE).await;
    assert_alive_but_not_ready(&server).await;
    let resumed = Instant::now();
    drop(frozen);

    // A sign-up waits for its own change, and then to take its attempt back.
    load.assert_was_interrupted(stopped..resumed, 2 * TIMEOUT, &server)
        .await;
}

#[ignore = "locks a PostgreSQL server of its own"]
#[tokio::test]
async fn statements_that_take_too_long_exhaust_neither_the_pool_nor_the_patience_of_clients() {
    let postgres = PostgresServer::start();
    let server = serve(&postgres);
    let load = Load::begin(&server).await;

    let other = Database::connect(postgres.url()).await.unwrap();
    let transaction = other.begin().await.unwrap();
    transaction.execute_unprepared("LOCK TABLE users").await.unwrap();
    let stopped = Instant::now();
    tokio::time::sleep(OUTAGE).await;
    server.anonymous().get("/health/live").await.expect(200);
    let resumed = Instant::now();
    transaction.rollback().await.unwrap();

    // First for a connection, then for the statement.
    load.assert_was_interrupted(stopped..resumed, 2 * TIMEOUT, &server)
        .await;
}

#[ignore = "lets commits hang on a PostgreSQL server of its own"]
#[tokio::test]
async fn commits_that_wait_for_a_standby_keep_nobody_from_reading() {
    let postgres = PostgresServer::start();
    let server = serve(&postgres);
    let alice = server.user("alice").await;

    postgres
        .execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        .await;
    postgres.execute("SELECT pg_reload_conf()").await;
    let (start, anonymous) = (Instant::now(), server.anonymous());
    let changes = join_all((0..24).map(async |number| {
        for round in 0.. {
            if start.elapsed() > 3 * OUTAGE {
                break;
            }
            let answer = anonymous.sign_up(&format!("user.{number}.{round}"), PASSWORD).await;
            answer.problem(503, "service_unavailable");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }));
    let reads = async {
        while start.elapsed() < 3 * OUTAGE {
            let began = Instant::now();
            alice.me().await.expect(200);
            assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    join(changes, reads).await;

    let other = Database::connect(postgres.url()).await.unwrap();
    let reset = "ALTER SYSTEM RESET synchronous_standby_names";
    other.execute_unprepared(reset).await.unwrap();
    other.execute_unprepared("SELECT pg_reload_conf()").await.unwrap();
    let (start, mut round) = (Instant::now(), 0);
    while anonymous.sign_up(&format!("later.{round}"), PASSWORD).await.status != 201 {
        assert!(start.elapsed() < PATIENCE, "{}", server.log());
        round += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[rstest]
#[case::nginx(Proxy::Nginx, 500)]
#[case::caddy(Proxy::Caddy, 503)]
#[ignore = "needs nginx and Caddy, stops a PostgreSQL server of its own"]
#[tokio::test]
async fn a_guarded_service_is_closed_while_the_database_is_away(#[case] proxy: Proxy, #[case] closed: u16) {
    let postgres = PostgresServer::start();
    let place = Place::at(proxy, &postgres.url());
    let alice = place.server.user("alice").await;
    let pass = place.pass_of(&alice).await;
    assert_eq!(place.visit(&pass).await, 200);

    postgres.stop("immediate");
    assert_eq!(place.visit(&pass).await, closed);
    let verified = place.server.carrying(&pass).get("/api/v1/account/verify").await;
    verified.problem(503, "service_unavailable");
    assert_eq!(place.seen().len(), 1, "nothing got through");
}

/// A server on this database.
fn serve(postgres: &PostgresServer) -> Server {
    let seconds = TIMEOUT.as_secs().to_string();
    Server::start_at(
        &postgres.url(),
        &[
            // All clients sign up from one address.
            ("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "100000"),
            ("APP_DATABASE__MAX_CONNECTIONS", "4"),
            ("APP_DATABASE__ACQUIRE_TIMEOUT_SECONDS", &seconds),
            ("APP_DATABASE__STATEMENT_TIMEOUT_SECONDS", &seconds),
        ],
    )
}

async fn assert_alive_but_not_ready(server: &Server) {
    let client = server.anonymous();
    client.get("/health/live").await.expect(200);
    let problem = client.get("/health/ready").await.problem(503, "service_unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("database"), "{problem}");
}

/// Clients who read and write until they are told to end, in a thread of their own, which nothing else holds up.
struct Load {
    root: Client,
    is_over: Arc<AtomicBool>,
    clients: JoinHandle<Vec<Record>>,
}

/// A request: what it was, when it began and ended, and how it was answered.
#[derive(Debug)]
struct Record {
    what: String,
    began: Instant,
    ended: Instant,
    answer: Answer,
}

impl Load {
    async fn begin(server: &Server) -> Self {
        let root = server.super_admin("root.admin").await;
        let is_over = Arc::new(AtomicBool::new(false));
        let clients = Vec::from_iter((0..CLIENTS).map(|number| {
            let (admin, anonymous) = (server.carrying(&root.cookie().unwrap()), server.anonymous());
            work(number, admin, anonymous, Arc::clone(&is_over))
        }));
        let clients = thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let records = runtime.unwrap().block_on(join_all(clients));
            records.into_iter().flatten().collect()
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        Self { root, is_over, clients }
    }

    /// Asserts that the clients were refused in time while the database was away, and served before and after.
    async fn assert_was_interrupted(self, outage: Range<Instant>, timeout: Duration, server: &Server) {
        while self.root.get("/health/ready").await.status != 200 {
            assert!(outage.end.elapsed() < PATIENCE, "{}", server.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let ready = Instant::now();
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.is_over.store(true, Ordering::Relaxed);
        let records = self.clients.join().unwrap();

        let mut counts = BTreeMap::new();
        for record in &records {
            let phase = match record {
                record if record.ended < outage.start => "before",
                record if record.began > outage.start && record.ended < outage.end => "during",
                record if record.began > ready => "after",
                _ => "between",
            };
            *counts.entry((phase, record.answer.status.as_u16() / 100)).or_insert(0) += 1;
            assert!(record.ended - record.began < timeout + GRACE, "{record:?}");
            if !record.answer.status.is_success() {
                record.answer.problem(503, "service_unavailable");
                assert_eq!(record.answer.header("retry-after"), Some("1"), "{record:?}");
            }
        }
        for needed in [("before", 2), ("during", 5), ("after", 2)] {
            assert!(counts.contains_key(&needed), "{counts:?}");
        }
        for refused in [("during", 2), ("after", 5)] {
            assert!(!counts.contains_key(&refused), "{counts:?}");
        }

        for record in records.iter().filter(|record| record.answer.status == 201) {
            let name = record.what.strip_prefix("sign up ").unwrap();
            let found = self.root.find(name).await;
            assert!(found.iter().any(|user| user["username"] == name), "{name} is lost");
        }
    }
}

/// One of the clients.
async fn work(number: usize, admin: Client, anonymous: Client, is_over: Arc<AtomicBool>) -> Vec<Record> {
    let mut records = Vec::new();
    for round in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let name = format!("user.{number}.{round}");
        let began = Instant::now();
        let (what, answer) = match round % 3 {
            0 => (format!("sign up {name}"), anonymous.sign_up(&name, PASSWORD).await),
            1 => ("me".to_owned(), admin.me().await),
            _ => ("list".to_owned(), admin.get("/api/v1/users/?limit=5").await),
        };
        let ended = Instant::now();
        records.push(Record {
            what,
            began,
            ended,
            answer,
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    records
}
