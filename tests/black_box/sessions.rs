//! The life of a session: renewal, and what ends it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Answer, PASSWORD, PATIENCE, Server, exchange_in_parts, time};

/// With this, every session is near its end all the time.
const ALWAYS_DUE: (&str, &str) = ("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0");

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_near_its_end_is_renewed_by_every_request(database: DatabaseKind) {
    let server = Server::start_with(database, &[ALWAYS_DUE]);
    let alice = server.user("alice").await;
    let mut expiry = time(&alice.me().await.expect(200)["session_expires_at"]);
    for _ in 0..3 {
        let answer = alice.me().await;
        assert_renewed(&answer);
        let later = time(&answer.expect(200)["session_expires_at"]);
        assert!(later > expiry, "{later} is not after {expiry}");
        expiry = later;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_far_from_its_end_is_left_alone(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let expiry = alice.me().await.expect(200)["session_expires_at"].take();
    let answer = alice.me().await;
    assert_eq!(answer.expect(200)["session_expires_at"], expiry);
    assert!(answer.cookies().is_empty(), "{answer:?}");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_near_its_absolute_end_is_left_alone(database: DatabaseKind) {
    let absolute = ("APP_SECURITY__AUTH__SESSION_ABSOLUTE_TTL_MINUTES", "60");
    let server = Server::start_with(database, &[ALWAYS_DUE, absolute]);
    let alice = server.user("alice").await;
    let me = alice.me().await;
    assert!(me.cookies().is_empty(), "{me:?}");
    let me = me.expect(200);
    assert_eq!(
        time(&alice.me().await.expect(200)["session_expires_at"]),
        time(&me["session_expires_at"])
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_is_renewed_also_when_the_request_then_fails(database: DatabaseKind) {
    let server = Server::start_with(database, &[ALWAYS_DUE]);
    let alice = server.user("alice").await;
    let grant = "/api/v1/users/grant";
    for (status, answer) in [
        (400, alice.send_json(&Method::PATCH, grant, "{").await),
        (403, alice.change("grant", "alice").await),
        (415, alice.send(alice.request(Method::PATCH, grant)).await),
        (422, alice.send_json(&Method::PATCH, grant, "{}").await),
        (422, alice.get("/api/v1/users/?limit=0").await),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_renewed(&answer);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn parallel_requests_near_the_end_of_a_session_all_succeed(database: DatabaseKind) {
    let server = Server::start_with(database, &[ALWAYS_DUE]);
    let alice = server.user("alice").await;
    let client = server.carrying(&alice.cookie().unwrap());
    let answers = join_all((0..50).map(|_| client.me())).await;
    for answer in &answers {
        answer.expect(200);
    }
    // A request that read the session when another had just renewed it leaves it alone.
    let renewed: Vec<_> = answers.iter().filter(|answer| !answer.cookies().is_empty()).collect();
    assert!(!renewed.is_empty());
    for answer in renewed {
        assert_renewed(answer);
        server.carrying(answer.cookie().0).me().await.expect(200);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_renewed_session_is_still_one_and_dies_as_one(database: DatabaseKind) {
    let server = Server::start_with(database, &[ALWAYS_DUE]);
    let alice = server.user("alice").await;
    let before = server.carrying(&alice.cookie().unwrap());
    alice.me().await.expect(200);
    let after = server.carrying(&alice.cookie().unwrap());
    before.me().await.expect(200);

    assert_eq!(alice.log_out().await.status, 204);
    for client in [before, after] {
        let answer = client.me().await;
        answer.problem(401, "not_authenticated");
        answer.assert_clears_the_cookie();
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn without_a_session_nothing_is_cleared_that_is_not_there(database: DatabaseKind) {
    let server = Server::start(database);
    for client in [
        server.anonymous(),
        server.carrying("other=1"),
        server.carrying("xaccess_token=1"),
    ] {
        let answer = client.me().await;
        answer.problem(401, "not_authenticated");
        assert!(answer.cookies().is_empty(), "{answer:?}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_that_is_gone_is_refused_and_its_cookie_cleared(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    server.command(&["revoke-sessions", "alice"]).assert().success();
    let answer = alice.me().await;
    answer.problem(401, "not_authenticated");
    answer.assert_clears_the_cookie();
    assert_eq!(alice.cookie(), None);
    alice.log_in("alice", PASSWORD).await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn expired_sessions_are_purged_in_the_background(database: DatabaseKind) {
    let mut server = Server::start(database);
    server.user("alice").await;
    server.logged_in("alice").await;
    let alice = server.logged_in("alice").await;
    // It would purge some in its first seconds, too.
    server.stop();
    let expire = "UPDATE auth_sessions SET expires_at = '2026-01-01T00:00:00+00:00' \
                  WHERE created_at < (SELECT max(created_at) FROM auth_sessions)";
    server.open_database().await.execute_unprepared(expire).await.unwrap();
    server.restart();

    let start = Instant::now();
    while !server.log().contains("purged 2 expired sessions") {
        assert!(start.elapsed() < PATIENCE, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    alice.at(&server).me().await.expect(200);
    let database = server.open_database().await;
    let left = Statement::from_string(database.get_database_backend(), "SELECT id FROM auth_sessions");
    assert_eq!(database.query_all_raw(left).await.unwrap().len(), 1);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_super_admin_who_is_demoted_while_a_body_arrives_grants_nothing(database: DatabaseKind) {
    let server = Server::start(database);
    let (root, _other) = (server.super_admin("super").await, server.super_admin("other").await);
    let alice = server.user("alice").await;

    let body = r#"{"username":"alice"}"#;
    let head = format!(
        "PATCH /api/v1/users/grant HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        root.cookie().unwrap(),
        body.len()
    );
    let demote = || {
        // Time for the server to find out who sends this. Without it, the test would pass for a lesser reason.
        std::thread::sleep(Duration::from_millis(200));
        server.run(&["demote", "super"]).succeeded();
    };
    let answer = exchange_in_parts(&server, head.as_bytes(), demote, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 401, "{answer:?}");
    assert_eq!(alice.me().await.expect(200)["role"], "user");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_outlives_a_crash_of_the_server(database: DatabaseKind) {
    let mut server = Server::start(database);
    let cookie = server.user("alice").await.cookie().unwrap();
    server.kill();
    server.restart();
    server.carrying(&cookie).me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_change_of_role_is_felt_by_the_very_next_request(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    for _ in 0..2 {
        alice.get("/api/v1/users/").await.problem(403, "not_authorized");
        root.change("grant", "alice").await.expect(200);
        alice.get("/api/v1/users/").await.expect(200);
        assert_eq!(alice.me().await.expect(200)["role"], "admin");
        root.change("revoke", "alice").await.expect(200);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn inactivation_ends_every_session_at_once_and_reactivation_brings_none_back(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    let phone = server.user("alice").await;
    let laptop = server.logged_in("alice").await;
    let devices = [phone, laptop].map(|device| server.carrying(&device.cookie().unwrap()));

    admin.change("inactivate", "alice").await.expect(200);
    for device in &devices {
        let answer = device.me().await;
        answer.problem(401, "not_authenticated");
        answer.assert_clears_the_cookie();
    }
    server
        .anonymous()
        .log_in("alice", PASSWORD)
        .await
        .problem(401, "invalid_credentials");

    admin.change("reactivate", "alice").await.expect(200);
    for device in &devices {
        device.me().await.problem(401, "not_authenticated");
    }
    server.logged_in("alice").await.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn no_secret_is_ever_logged(database: DatabaseKind) {
    let server = Server::start_with(database, &[ALWAYS_DUE, ("APP_LOGS__LEVEL", "trace")]);
    let admin = server.admin("admin").await;
    let alice = server.user("alice").await;
    let mut secrets = vec![PASSWORD.to_owned(), "$2b$".to_owned(), "eyJ".to_owned()];
    let mut note = |answer: Answer| {
        let cookies = answer
            .cookies()
            .into_iter()
            .filter(|cookie| !cookie.contains("Max-Age=0"));
        secrets.extend(cookies.map(|cookie| cookie["access_token=".len()..].split(';').next().unwrap().to_owned()));
    };

    note(alice.me().await);
    note(alice.log_in("alice", PASSWORD).await);
    note(alice.change_password("alice", "hunter2 hunter2", Some(PASSWORD)).await);
    note(admin.change_password("alice", "hunter2 hunter3", None).await);
    note(server.anonymous().log_in("alice", "hunter2 hunter4").await);
    note(server.anonymous().sign_up("hunter2 hunter5", "hunter2 hunter6").await);
    note(server.anonymous().sign_up("carol", "hunter2").await);
    note(server.anonymous().log_in("alice", "hunter2 hunter3").await);
    note(
        server
            .anonymous()
            .send_json(&Method::POST, "/api/v1/account/login", r#"{"password":"hunter2"#)
            .await,
    );
    note(server.anonymous().get("/api/v1/account/me?password=hunter2").await);
    note(server.carrying("access_token=hunter2").me().await);
    note(alice.log_out().await);

    assert!(secrets.len() > 6, "{secrets:?}");
    secrets.push("hunter2".to_owned());
    let log = server.log();
    assert!(
        log.lines().filter(|line| line.contains("/account/")).count() > 10,
        "{log}"
    );
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is logged:\n{log}");
    }
}

/// Asserts that the answer, whatever its status, sets the session cookie for another hour.
#[track_caller]
fn assert_renewed(answer: &Answer) {
    let (cookie, attributes) = answer.cookie();
    assert!(cookie.len() > 100, "{cookie}");
    assert!(attributes.contains(&"Max-Age=3600"), "{attributes:?}");
}
