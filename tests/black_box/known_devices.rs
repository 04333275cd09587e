//! A device on which its user has logged in is known there, whatever strangers do elsewhere.

use base64::{Engine, engine::general_purpose::STANDARD};
use rstest::rstest;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::{
    support::{PASSWORD, forger::SECRETS},
    throttling::{LONG_DELAY, WRONG, fail_three_times, retry_after, start},
};

#[apply(on_every_database)]
#[tokio::test]
async fn the_device_of_the_user_is_let_in_whatever_strangers_do(database: DatabaseKind) {
    let server = start(database, &[LONG_DELAY]);
    let alice = server.user("alice").await;
    alice.log_out().await;
    let stranger = server.anonymous();
    fail_three_times(&stranger, "alice").await;
    retry_after(&stranger.log_in("alice", PASSWORD).await);

    alice.log_in("alice", PASSWORD).await.expect(200);
    alice.log_out().await;
    // Nor has it become any easier for strangers.
    retry_after(&stranger.log_in("alice", PASSWORD).await);
    // For whoever has the device, guessing is no easier than elsewhere.
    fail_three_times(&alice, "alice").await;
    retry_after(&alice.log_in("alice", PASSWORD).await);
}

#[apply(on_every_database)]
#[tokio::test]
async fn many_devices_of_a_user_get_no_more_guesses_than_one(database: DatabaseKind) {
    let server = start(database, &[LONG_DELAY]);
    server.user("alice").await.log_out().await;
    let mut devices = Vec::new();
    for _ in 0..6 {
        let device = server.logged_in("alice").await;
        device.log_out().await;
        devices.push(device);
    }
    let mut judged = 0;
    for device in &devices {
        judged += usize::from(device.log_in("alice", WRONG).await.status == 401);
    }
    assert_eq!(judged, 3);
}

#[rstest]
#[case::set_password(&["set-password", "alice"])]
#[case::revoke_sessions(&["revoke-sessions", "alice"])]
#[case::inactivate(&["inactivate", "alice"])]
#[tokio::test]
async fn no_device_is_known_after_another_password_a_revocation_or_an_inactivation(#[case] command: &[&str]) {
    let server = start(DatabaseKind::Sqlite, &[LONG_DELAY]);
    let alice = server.user("alice").await;
    alice.log_out().await;
    let outcome = match command[0] {
        "set-password" => server.run_with_password(command, PASSWORD),
        _ => server.run(command),
    };
    outcome.succeeded();
    server.run(&["reactivate", "alice"]).succeeded();

    fail_three_times(&server.anonymous(), "alice").await;
    retry_after(&alice.log_in("alice", PASSWORD).await);
}

#[tokio::test]
async fn the_device_cookie_shows_neither_the_user_nor_a_key() {
    let server = start(DatabaseKind::Sqlite, &[]);
    let client = server.anonymous();
    client.sign_up("alice", PASSWORD).await.expect(201);
    let answer = client.log_in("alice", PASSWORD).await;
    let cookies = answer.cookies();
    let device = cookies
        .iter()
        .find(|cookie| cookie.starts_with("access_token_device="))
        .unwrap();
    let value = device.split_once('=').unwrap().1.split(';').next().unwrap();
    // A token would be three parts, of which the first two can be read.
    assert!(!value.contains('.'), "{value}");
    for decoded in [STANDARD.decode(value).unwrap(), value.as_bytes().to_vec()] {
        let text = String::from_utf8_lossy(&decoded);
        assert!(!text.contains("sub") && !text.contains("kid"), "{text}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_device_of_another_user_is_none(database: DatabaseKind) {
    let server = start(database, &[LONG_DELAY]);
    let mallory = server.user("mallory").await;
    mallory.log_out().await;
    fail_three_times(&mallory, "alice").await;
    retry_after(&mallory.log_in("alice", WRONG).await);
}

#[tokio::test]
async fn the_device_cookie_is_kept_for_long_and_sent_nowhere_else() {
    let local = start(DatabaseKind::Sqlite, &[]);
    let production = [
        &[("APP_ENV", "prod"), ("APP_SECURITY__PASSWORD__BCRYPT_COST", "10")],
        &SECRETS[..],
    ]
    .concat();
    let production = start(DatabaseKind::Sqlite, &production);
    for (server, name, expected) in [
        (
            &local,
            "access_token_device=",
            ["HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=Lax"].as_slice(),
        ),
        (
            &production,
            "__Host-access_token_device=",
            &["HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=Strict", "Secure"],
        ),
    ] {
        let client = server.anonymous();
        client.sign_up("alice", PASSWORD).await.expect(201);
        let answer = client.log_in("alice", PASSWORD).await;
        let cookies = answer.cookies();
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(name));
        let cookie = cookie.unwrap_or_else(|| panic!("{name} is not among {cookies:?}"));
        let mut attributes: Vec<_> = cookie.split("; ").skip(1).collect();
        attributes.sort_unstable();
        assert_eq!(attributes, expected);
    }
}
