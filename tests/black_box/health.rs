//! Whether the service lives and is ready, as an orchestrator asks.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::json;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Answer, PASSWORD, PATIENCE, Server};

/// With this, a request that needs the database and cannot have it is not kept waiting for long.
const IMPATIENT: (&str, &str) = ("APP_DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1");

#[apply(on_every_database)]
#[tokio::test]
async fn a_healthy_server_is_alive_and_ready(database: DatabaseKind) {
    let server = Server::start(database);
    for path in [
        "/api/v1/",
        "/api/v1",
        "/health/live",
        "/health/live/",
        "/health/ready",
        "/health/ready/",
    ] {
        let answer = server.anonymous().get(path).await;
        assert_eq!(answer.expect(200), json!({"status": "ok"}), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn health_is_nobodys_secret_and_a_cookie_does_not_matter(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    for client in [&alice, &server.carrying("access_token=garbage")] {
        for path in ["/api/v1/", "/health/live", "/health/ready"] {
            let answer = client.get(path).await;
            answer.expect(200);
            assert!(answer.cookies().is_empty(), "{path}: {answer:?}");
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_server_whose_migrations_are_pending_is_alive_but_not_ready(database: DatabaseKind) {
    let server = Server::start(database);
    server.command(&["migrate", "down", "--yes"]).assert().success();
    let answer = server.anonymous().get("/health/ready").await;
    assert_names_alone(&answer, "migrations");
    assert_alive(&server).await;

    server.command(&["migrate", "up"]).assert().success();
    // The answer is kept for a second.
    let start = Instant::now();
    while server.anonymous().get("/health/ready").await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_server_whose_database_is_out_of_reach_is_alive_but_not_ready(database: DatabaseKind) {
    let server = Server::start_with(database, &[IMPATIENT]);
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    ruin_database(&server);
    let answer = server.anonymous().get("/health/ready").await;
    assert_names_alone(&answer, "database");
    assert_alive(&server).await;
}

#[apply(on_every_database)]
#[tokio::test]
async fn an_outage_of_the_database_logs_nobody_out(database: DatabaseKind) {
    let server = Server::start_with(database, &[IMPATIENT]);
    let alice = server.user("alice").await;
    ruin_database(&server);
    let answer = alice.me().await;
    match answer.status.as_u16() {
        // As which of the two SQLite takes the garbage depends on what it had read of it before.
        500 if database == DatabaseKind::Sqlite => answer.problem(500, "internal_error"),
        _ => answer.problem(503, "service_unavailable"),
    };
    assert!(answer.cookies().is_empty(), "{answer:?}");
    assert!(alice.cookie().is_some());

    if let Some(postgres) = server.postgres() {
        postgres.reopen();
        // A connection that was in use within the last second is trusted, and only found to be dead by its next use.
        let start = Instant::now();
        while alice.me().await.status != 200 {
            assert!(start.elapsed() < PATIENCE, "{}", server.log());
        }
    }
}

/// Takes the database away under the hands of the server: a PostgreSQL server throws it out, and the files of SQLite
/// are overwritten in place.
fn ruin_database(server: &Server) {
    if let Some(postgres) = server.postgres() {
        return postgres.shut();
    }
    for file in fs::read_dir(server.directory().join("data")).unwrap() {
        let path = file.unwrap().path();
        let length = fs::metadata(&path).unwrap().len();
        let garbage = vec![0xa5; usize::try_from(length).unwrap()];
        std::io::Write::write_all(&mut fs::OpenOptions::new().write(true).open(path).unwrap(), &garbage).unwrap();
    }
}

/// Asserts that the answer is 503, and of `database` and `migrations` names just this one, without any inner detail.
#[track_caller]
fn assert_names_alone(answer: &Answer, named: &str) {
    let problem = answer.problem(503, "service_unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    let text = problem.to_string();
    for word in [
        "database",
        "migrations",
        "sqlite",
        "postgres",
        "gatehouse.db",
        "gatehouse_test",
        "m2026",
    ] {
        assert_eq!(text.contains(word), word == named, "{word}: {text}");
    }
}

/// What touches no database answers as ever.
async fn assert_alive(server: &Server) {
    for path in ["/api/v1/", "/health/live"] {
        server.anonymous().get(path).await.expect(200);
    }
}
