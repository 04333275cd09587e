//! Logging in: the cookie it sets, and whom it refuses.

use rstest::rstest;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{PASSWORD, Server, forger::start_with_known_secrets};

#[apply(on_every_database)]
#[tokio::test]
async fn the_cookie_of_a_local_server_works_over_plain_http(database: DatabaseKind) {
    let server = Server::start(database);
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    let logged_in = server.anonymous().log_in("alice", PASSWORD).await;
    let (cookie, attributes) = logged_in.cookie();
    assert!(cookie.starts_with("access_token=") && cookie.len() > 100, "{cookie}");
    assert_eq!(attributes, ["HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Lax"]);
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_cookie_is_made_as_configured(database: DatabaseKind) {
    let server = Server::start_with(
        database,
        &[
            ("APP_SECURITY__AUTH__SESSION_TTL_MINUTES", "5"),
            ("APP_SECURITY__COOKIES__NAME", "gate"),
            ("APP_SECURITY__COOKIES__SAME_SITE", "strict"),
            ("APP_SECURITY__COOKIES__SECURE", "true"),
        ],
    );
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    let logged_in = server.anonymous().log_in("alice", PASSWORD).await;
    let (cookie, attributes) = logged_in.cookie();
    assert!(cookie.starts_with("__Host-gate="), "{cookie}");
    assert_eq!(
        attributes,
        ["HttpOnly", "Max-Age=300", "Path=/", "SameSite=Strict", "Secure"]
    );
}

#[rstest]
#[case::not_secure("false", "access_token")]
#[case::secure("true", "__Secure-access_token")]
#[tokio::test]
async fn a_cookie_for_a_domain_is_set_and_removed_there(#[case] secure: &str, #[case] name: &str) {
    let server = Server::start_with(
        DatabaseKind::Sqlite,
        &[
            ("APP_SECURITY__COOKIES__DOMAIN", "example.com"),
            ("APP_SECURITY__COOKIES__SECURE", secure),
        ],
    );
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    let logged_in = server.anonymous().log_in("alice", PASSWORD).await;
    let alice = server.carrying(logged_in.cookie().0);
    let me = alice.me().await;
    let logged_out = alice.log_out().await;
    let refused = alice.me().await;

    me.expect(200);
    refused.problem(401, "not_authenticated");
    for (answer, value_is_empty) in [(&logged_in, false), (&logged_out, true), (&refused, true)] {
        let (cookie, attributes) = answer.cookie();
        let (found, value) = cookie.split_once('=').unwrap();
        assert_eq!((found, value.is_empty()), (name, value_is_empty), "{answer:?}");
        for attribute in ["Domain=example.com", "Path=/"] {
            assert!(attributes.contains(&attribute), "{answer:?}");
        }
        assert_eq!(attributes.contains(&"Secure"), secure == "true", "{answer:?}");
    }
    let document = alice.get("/api/openapi.json").await.expect(200);
    assert_eq!(document["components"]["securitySchemes"]["session"]["name"], name);
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_cookie_is_strict_and_secure_in_every_environment_but_local(database: DatabaseKind) {
    let production = [
        ("APP_ENV", "prod"),
        ("APP_SERVER__HOST", "127.0.0.1"),
        ("APP_LOGS__FORMAT", "text"),
        ("APP_SECURITY__PASSWORD__BCRYPT_COST", "10"),
    ];
    let server = start_with_known_secrets(database, &production);
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    let logged_in = server.anonymous().log_in("alice", PASSWORD).await;
    let (cookie, attributes) = logged_in.cookie();
    assert!(cookie.starts_with("__Host-access_token="), "{cookie}");
    assert_eq!(
        attributes,
        ["HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Strict", "Secure"]
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn every_log_in_that_fails_is_refused_in_the_same_words(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    admin.create("alice", "user").await;
    admin.create("inactive", "user").await;
    admin.change("inactivate", "inactive").await.expect(200);

    let mut refusals = Vec::new();
    for (username, password) in [
        ("alice", "not her password"),
        ("alice", ""),
        ("alice", "\0"),
        ("alice", &*"x".repeat(300)),
        ("inactive", PASSWORD),
        ("inactive", "not his password"),
        ("unknown", PASSWORD),
        ("no", PASSWORD),
        ("no one at all", PASSWORD),
        ("", ""),
        ("\0🦀", "\0🦀"),
    ] {
        let answer = server.anonymous().log_in(username, password).await;
        let mut problem = answer.problem(401, "invalid_credentials");
        assert!(answer.cookies().is_empty(), "{username:?}");
        problem["request_id"].take();
        refusals.push(problem);
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
}

#[apply(on_every_database)]
#[tokio::test]
async fn who_is_logged_in_neither_signs_up_nor_logs_in_nor_has_the_session_renewed(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0")]);
    let alice = server.user("alice").await;
    let session = alice.cookie();
    for refusal in [
        alice.sign_up("other", PASSWORD).await,
        alice.log_in("alice", PASSWORD).await,
    ] {
        refusal.problem(403, "already_authenticated");
        assert!(refusal.cookies().is_empty(), "{refusal:?}");
    }
    assert_eq!(alice.cookie(), session);
    alice.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_dead_cookie_is_no_log_in(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let dead = alice.cookie().unwrap();
    assert_eq!(alice.log_out().await.status, 204);

    for (number, cookie) in [
        &*dead,
        "access_token=garbage",
        "access_token",
        "other=%FF; access_token=",
    ]
    .into_iter()
    .enumerate()
    {
        let client = server.carrying(cookie);
        client.sign_up(&format!("alice{number}"), PASSWORD).await.expect(201);
        let answer = client.log_in("alice", PASSWORD).await;
        answer.expect(200);
        let fresh = server.carrying(answer.cookie().0);
        fresh.me().await.expect(200);
    }
}
