//! Many requests at once.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Answer, PASSWORD, PATIENCE, Server};

/// All clients of these tests sign up from one address.
const MANY_SIGN_UPS: [(&str, &str); 1] = [("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "1000")];

#[apply(on_every_database)]
#[tokio::test]
async fn of_equal_changes_of_the_own_password_one_succeeds_and_its_session_goes_on(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let cookie = alice.cookie().unwrap();
    let clients = Vec::from_iter((0..4).map(|_| server.carrying(&cookie)));
    let changes = clients
        .iter()
        .map(|client| client.change_password("alice", "staple battery horse", Some(PASSWORD)));
    let answers = join_all(changes).await;

    let (changed, rejected): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 204);
    assert_eq!(changed.len(), 1, "{answers:?}");
    for answer in rejected {
        answer.problem(401, "not_authenticated");
    }
    let cookie = changed[0].header("set-cookie").unwrap().split(';').next().unwrap();
    server.carrying(cookie).me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn two_hundred_sign_ups_at_once_all_succeed(database: DatabaseKind) {
    let server = Server::start_with(database, &MANY_SIGN_UPS);
    let client = server.anonymous();
    let names: Vec<_> = (0..200).map(|number| format!("user{number}")).collect();
    for answer in join_all(names.iter().map(|name| client.sign_up(name, PASSWORD))).await {
        answer.expect(201);
    }
    let root = server.super_admin("super").await;
    assert_eq!(root.get("/api/v1/users/?role=user").await.expect(200)["total"], 200);
    assert_storage_kept_up(&server);
}

#[apply(on_every_database)]
#[tokio::test]
async fn of_fifty_sign_ups_of_one_name_at_once_one_succeeds(database: DatabaseKind) {
    let server = Server::start_with(database, &MANY_SIGN_UPS);
    let client = server.anonymous();
    let names = ["Alice", "alice", "ALICE", "aLiCe", "alicE"];
    let sign_ups = (0..50).map(|number| client.sign_up(names[number % names.len()], PASSWORD));
    let answers = join_all(sign_ups).await;
    assert_eq!(statuses(&answers), [(201, 1), (409, 49)].into());
    for refusal in answers.iter().filter(|answer| answer.status == 409) {
        refusal.problem(409, "username_already_exists");
    }
    assert_storage_kept_up(&server);
}

#[apply(on_every_database)]
#[tokio::test]
async fn readers_are_not_held_up_by_writers(database: DatabaseKind) {
    let server = Server::start_with(database, &MANY_SIGN_UPS);
    let client = server.anonymous();
    let root = server.super_admin("super").await;
    let names: Vec<_> = (0..50).map(|number| format!("user{number}")).collect();
    let writers = join_all(names.iter().map(|name| client.sign_up(name, PASSWORD)));
    let readers = join_all((0..50).map(|_| root.get("/api/v1/users/?limit=100")));
    let (written, read) = join(writers, readers).await;
    assert_eq!(statuses(&written), [(201, 50)].into());
    assert_eq!(statuses(&read), [(200, 50)].into());
    assert_storage_kept_up(&server);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_grant_and_an_inactivation_of_one_user_at_once_both_survive(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let names: Vec<_> = (0..20).map(|number| format!("user{number}")).collect();
    for name in &names {
        root.create(name, "user").await;
    }
    let changes = names
        .iter()
        .map(|name| join(root.change("grant", name), root.change("inactivate", name)));
    for (grant, inactivation) in join_all(changes).await {
        grant.expect(200);
        inactivation.expect(200);
    }
    for user in root.find("user").await {
        assert_eq!(
            (&user["role"], &user["is_active"]),
            (&"admin".into(), &false.into()),
            "{user}"
        );
    }
    assert_storage_kept_up(&server);
}

#[apply(on_every_database)]
#[tokio::test]
async fn log_ins_that_overlap_an_inactivation_leave_no_live_session(database: DatabaseKind) {
    // The inactivation comes right after the first log-in, when others have verified the password or are about to.
    let server = Server::start_with(database, &[("APP_SECURITY__PASSWORD__BCRYPT_COST", "10")]);
    let admin = server.admin("admin").await;
    for name in ["alice", "bobby", "carol"] {
        admin.create(name, "user").await;
        let client = server.anonymous();
        let log_ins = join_all((0..8).map(|_| client.log_in(name, PASSWORD)));
        let logged_in = || server.log().matches("logged in").count();
        let before = logged_in();
        let inactivation = async {
            let start = Instant::now();
            while logged_in() == before {
                assert!(start.elapsed() < PATIENCE, "nobody logs in");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            admin.change("inactivate", name).await
        };
        let (answers, inactivation) = join(log_ins, inactivation).await;
        inactivation.expect(200);
        for answer in &answers {
            assert_left_no_session(&server, answer).await;
        }
        admin.change("reactivate", name).await.expect(200);
        for answer in answers.iter().filter(|answer| answer.status == 200) {
            server
                .carrying(answer.cookie().0)
                .me()
                .await
                .problem(401, "not_authenticated");
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_log_in_that_overlaps_a_change_of_password_leaves_no_live_session(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SECURITY__PASSWORD__BCRYPT_COST", "10")]);
    let admin = server.admin("admin").await;
    admin.create("alice", "user").await;
    let client = server.anonymous();
    let log_ins = join_all((0..8).map(|_| client.log_in("alice", PASSWORD)));
    let (answers, change) = join(log_ins, admin.change_password("alice", "staple battery horse", None)).await;
    assert_eq!(change.status, 204);
    for answer in &answers {
        assert_left_no_session(&server, answer).await;
    }
    server
        .anonymous()
        .log_in("alice", "staple battery horse")
        .await
        .expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn renewals_that_overlap_a_log_out_revive_nothing(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0")]);
    let alice = server.user("alice").await;
    let client = server.carrying(&alice.cookie().unwrap());
    let (before, (log_out, after)) = join(
        join_all((0..10).map(|_| client.me())),
        join(client.log_out(), join_all((0..10).map(|_| client.me()))),
    )
    .await;
    assert_eq!(log_out.status, 204, "{log_out:?}");
    client.me().await.problem(401, "not_authenticated");
    for answer in before.iter().chain(&after).filter(|answer| answer.status == 200) {
        for cookie in answer.cookies() {
            let renewed = server.carrying(cookie.split(';').next().unwrap());
            renewed.me().await.problem(401, "not_authenticated");
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn when_the_hasher_is_saturated_some_are_told_to_come_back_and_the_rest_are_served(database: DatabaseKind) {
    let server = Server::start_with(
        database,
        &[
            ("APP_SECURITY__PASSWORD__BCRYPT_COST", "12"),
            ("APP_SECURITY__PASSWORD__MAX_CONCURRENT_HASHES", "1"),
            ("APP_SECURITY__PASSWORD__MAX_HASH_WAIT_MILLISECONDS", "1"),
        ],
    );
    let client = server.anonymous();
    client.sign_up("alice", PASSWORD).await.expect(201);
    let log_ins = join_all((0..8).map(|_| client.log_in("nobody", PASSWORD)));
    let (answers, alive) = join(log_ins, client.get("/health/ready")).await;
    alive.expect(200);

    let counts = statuses(&answers);
    assert_eq!(counts.keys().copied().collect::<Vec<_>>(), [401, 503], "{counts:?}");
    for refusal in answers.iter().filter(|answer| answer.status == 503) {
        refusal.problem(503, "service_unavailable");
        assert_eq!(refusal.header("retry-after"), Some("1"));
    }
    client.log_in("alice", PASSWORD).await.expect(200);
}

/// How many answers have which status.
fn statuses(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status.as_u16()).or_default() += 1;
    }
    counts
}

/// Asserts that nothing was too much for the database.
fn assert_storage_kept_up(server: &Server) {
    let log = server.log();
    for sign in ["database is locked", "ERROR"] {
        assert!(!log.contains(sign), "{log}");
    }
}

/// Asserts that a log-in was refused, or that what it began is dead already.
async fn assert_left_no_session(server: &Server, log_in: &Answer) {
    match log_in.status.as_u16() {
        200 => drop(
            server
                .carrying(log_in.cookie().0)
                .me()
                .await
                .problem(401, "not_authenticated"),
        ),
        _ => drop(log_in.problem(401, "invalid_credentials")),
    }
}
