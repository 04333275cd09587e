//! A device on which its user has logged in is known there, whatever strangers do elsewhere.

use test_database::{DatabaseKind, apply, on_every_database};

use crate::{
    support::{PASSWORD, forger::SECRETS},
    throttling::{WRONG, fail_three_times, retry_after, start},
};

#[apply(on_every_database)]
#[tokio::test]
async fn the_device_of_the_user_is_let_in_whatever_strangers_do(database: DatabaseKind) {
    let server = start(database, &[]);
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
async fn the_device_of_another_user_is_none(database: DatabaseKind) {
    let server = start(database, &[]);
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
