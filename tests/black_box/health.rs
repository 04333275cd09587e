//! Whether the service lives and is ready, as an orchestrator asks.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{Answer, PASSWORD, Server};

#[tokio::test]
async fn a_healthy_server_is_alive_and_ready() {
    let server = Server::start();
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

#[tokio::test]
async fn health_is_nobodys_secret_and_a_cookie_does_not_matter() {
    let server = Server::start();
    let alice = server.user("alice").await;
    for client in [&alice, &server.carrying("access_token=garbage")] {
        for path in ["/api/v1/", "/health/live", "/health/ready"] {
            let answer = client.get(path).await;
            answer.expect(200);
            assert!(answer.cookies().is_empty(), "{path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_server_whose_migrations_are_pending_is_alive_but_not_ready() {
    let server = Server::start();
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

#[tokio::test]
async fn a_server_whose_database_is_out_of_reach_is_alive_but_not_ready() {
    let server = Server::start();
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    ruin_database(&server);
    let answer = server.anonymous().get("/health/ready").await;
    assert_names_alone(&answer, "database");
    assert_alive(&server).await;
}

#[tokio::test]
async fn an_outage_of_the_database_logs_nobody_out() {
    let server = Server::start();
    let alice = server.user("alice").await;
    ruin_database(&server);
    let answer = alice.me().await;
    // As which of the two SQLite takes the garbage depends on what it had read of it before.
    match answer.status.as_u16() {
        503 => answer.problem(503, "service_unavailable"),
        _ => answer.problem(500, "internal_error"),
    };
    assert!(answer.cookies().is_empty(), "{answer:?}");
    assert!(alice.cookie().is_some());
}

/// Overwrites every file of the database in place, under the hands of the server.
fn ruin_database(server: &Server) {
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
    for word in ["database", "migrations", "sqlite", "gatehouse.db", "m2026"] {
        assert_eq!(text.contains(word), word == named, "{word}: {text}");
    }
}

/// What touches no database answers as ever.
async fn assert_alive(server: &Server) {
    for path in ["/api/v1/", "/health/live"] {
        server.anonymous().get(path).await.expect(200);
    }
}
