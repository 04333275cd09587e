//! Whoever guesses has to wait; whoever is guessed at is not shut out.

use std::fs;

use futures_util::future::join_all;
use rstest::rstest;
use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

use crate::support::{Answer, Client, PASSWORD, Server, forger::SECRETS};

pub const WRONG: &str = "wrong horse battery";
const ANOTHER_PASSWORD: &str = "staple battery correct";

/// Throttling as it is shipped, but that three attempts are free instead of ten.
const THROTTLED: [(&str, &str); 1] = [("APP_SECURITY__THROTTLE__FREE_PER_ACCOUNT_AND_ADDRESS", "3")];

/// A delay that a busy machine does not outlast.
pub const LONG_DELAY: (&str, &str) = ("APP_SECURITY__THROTTLE__FIRST_DELAY_SECONDS", "60");

pub fn start(database: DatabaseKind, variables: &[(&str, &str)]) -> Server {
    Server::start_with(database, &[&THROTTLED, variables].concat())
}

/// After how many seconds one may try again, as an answer says that must be a refusal for too many attempts.
#[track_caller]
pub fn retry_after(answer: &Answer) -> u64 {
    answer.problem(429, "too_many_attempts");
    answer.header("retry-after").unwrap().parse().unwrap()
}

/// Uses up what is free.
pub async fn fail_three_times(client: &Client, username: &str) {
    for _ in 0..3 {
        client.log_in(username, WRONG).await.problem(401, "invalid_credentials");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn delays_grow_with_each_failure_and_hold_for_the_right_password_as_well(database: DatabaseKind) {
    let server = start(database, &[]);
    let client = server.anonymous();
    client.sign_up("alice", PASSWORD).await.expect(201);
    fail_three_times(&client, "alice").await;
    for delay in [1, 2] {
        assert_eq!(retry_after(&client.log_in("ALICE", PASSWORD).await), delay);
        tokio::time::sleep(std::time::Duration::from_secs(delay)).await;
        client.log_in("alice", WRONG).await.problem(401, "invalid_credentials");
    }
    assert_eq!(retry_after(&client.log_in("alice", PASSWORD).await), 4);
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_log_warns_once_of_an_account_and_an_address_that_are_being_guessed_at(database: DatabaseKind) {
    let server = start(database, &[LONG_DELAY]);
    let client = server.anonymous();
    let alice = client.sign_up("alice", PASSWORD).await.expect(201);
    fail_three_times(&client, "alice").await;
    for _ in 0..3 {
        retry_after(&client.log_in("alice", WRONG).await);
    }
    let log = server.log();
    let warnings = Vec::from_iter(log.lines().filter(|line| line.contains("perhaps guesses")));
    let [warning] = warnings[..] else { panic!("{log}") };
    assert!(warning.contains("WARN"), "{warning}");
    for part in ["log_in", alice["id"].as_str().unwrap(), "127.0.0.1"] {
        assert!(warning.contains(part), "{warning}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn unknown_and_impossible_names_are_throttled_like_known_ones(database: DatabaseKind) {
    let server = start(database, &[LONG_DELAY]);
    let client = server.anonymous();
    client.sign_up("alice", PASSWORD).await.expect(201);
    let mut refusals = Vec::new();
    for username in ["alice", "nobody", "?"] {
        fail_three_times(&client, username).await;
        let refusal = client.log_in(username, WRONG).await;
        retry_after(&refusal);
        let mut problem = refusal.json();
        problem["request_id"].take();
        refusals.push((refusal.header("retry-after").map(str::to_owned), problem));
    }
    assert!(refusals.iter().all(|refusal| *refusal == refusals[0]), "{refusals:?}");
}

#[apply(on_every_database)]
#[tokio::test]
async fn many_guesses_at_once_are_no_way_around(database: DatabaseKind) {
    let server = start(database, &[LONG_DELAY]);
    let client = server.anonymous();
    client.sign_up("alice", PASSWORD).await.expect(201);
    let answers = join_all((0..20).map(|_| client.log_in("alice", WRONG))).await;
    let judged = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(judged, 3, "{answers:?}");
}

#[apply(on_every_database)]
#[tokio::test]
async fn another_password_lets_in_whom_strangers_have_shut_out(database: DatabaseKind) {
    // From one address, an account is closed before anything else delays an attempt there.
    let closed = [
        ("APP_SECURITY__THROTTLE__FREE_PER_ACCOUNT_AND_ADDRESS", "100"),
        ("APP_SECURITY__THROTTLE__MAX_FAILURES_PER_ACCOUNT", "3"),
        ("APP_SECURITY__THROTTLE__FREE_PER_ACCOUNT", "3"),
    ];
    for by in ["operator", "admin"] {
        let server = start(
            database,
            &[&closed[..], &[("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]")]].concat(),
        );
        let admin = server.admin("admin").await;
        let stranger = server.anonymous();
        stranger.sign_up("alice", PASSWORD).await.expect(201);
        fail_three_times(&stranger, "alice").await;
        let elsewhere = from("192.0.2.1", &stranger, "alice", PASSWORD).await;
        assert_eq!(
            retry_after(&elsewhere),
            24 * 60 * 60,
            "closed until a failure is forgotten"
        );

        match by {
            "operator" => {
                let command = ["set-password", "alice"];
                server.run_with_password(&command, ANOTHER_PASSWORD).succeeded();
            }
            _ => assert_eq!(admin.change_password("alice", ANOTHER_PASSWORD, None).await.status, 204),
        }
        from("192.0.2.1", &stranger, "alice", ANOTHER_PASSWORD)
            .await
            .expect(200);
    }
}

/// A log-in that the trusted proxy says comes from there.
async fn from(address: &str, client: &Client, username: &str, password: &str) -> Answer {
    let body = serde_json::json!({"username": username, "password": password});
    let request = client.request(reqwest::Method::POST, "/api/v1/account/login");
    client
        .send(request.header("x-forwarded-for", address).json(&body))
        .await
}

#[rstest]
#[case::ipv4(["192.0.2.1", "192.0.2.1"], "192.0.2.2")]
#[case::ipv6(["2001:db8:0:1::1", "2001:db8:0:ffff::2"], "2001:db8:1:1::1")]
#[tokio::test]
async fn an_address_is_throttled_at_whatever_accounts_and_no_other_is(#[case] same: [&str; 2], #[case] other: &str) {
    let variables = [
        ("APP_SECURITY__THROTTLE__FREE_PER_ADDRESS", "4"),
        ("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]"),
        LONG_DELAY,
    ];
    let server = start(DatabaseKind::Sqlite, &variables);
    let client = server.anonymous();
    for number in 0..4 {
        let answer = from(same[number % 2], &client, &format!("user{number}"), WRONG).await;
        answer.problem(401, "invalid_credentials");
    }
    for address in same {
        retry_after(&from(address, &client, "user5", WRONG).await);
    }
    from(other, &client, "user5", WRONG)
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test]
async fn who_names_another_address_without_a_trusted_proxy_is_counted_nevertheless() {
    let server = start(
        DatabaseKind::Sqlite,
        &[("APP_SECURITY__THROTTLE__FREE_PER_ADDRESS", "4"), LONG_DELAY],
    );
    let client = server.anonymous();
    for number in 0..4 {
        let address = format!("192.0.2.{number}");
        let answer = from(&address, &client, &format!("user{number}"), WRONG).await;
        answer.problem(401, "invalid_credentials");
    }
    retry_after(&from("192.0.2.9", &client, "user9", WRONG).await);
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_thief_of_a_session_guesses_a_few_times_and_keeps_nobody_from_changing_the_password(
    database: DatabaseKind,
) {
    let server = start(database, &[]);
    let thief = server.user("alice").await;
    let alice = server.logged_in("alice").await;
    for _ in 0..5 {
        let answer = thief.change_password("alice", ANOTHER_PASSWORD, Some(WRONG)).await;
        answer.problem(403, "wrong_current_password");
    }
    thief.me().await.problem(401, "not_authenticated");
    let answer = alice.change_password("alice", ANOTHER_PASSWORD, Some(PASSWORD)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[apply(on_every_database)]
#[tokio::test]
async fn guesses_from_every_64_of_one_48_are_counted_together_and_so_are_sign_ups(database: DatabaseKind) {
    let server = start(database, &[("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]"), LONG_DELAY]);
    let client = server.anonymous();
    let mut judged = 0;
    for subnet in 0..60 {
        let address = format!("2001:db8:1:{subnet:x}::1");
        let answer = from(&address, &client, &format!("user{subnet}"), WRONG).await;
        judged += usize::from(answer.status == 401);
    }
    assert_eq!(judged, 50);

    let mut signed_up = 0;
    for subnet in 0..30 {
        let body = serde_json::json!({"username": format!("user{subnet}"), "password": PASSWORD});
        let request = client.request(reqwest::Method::POST, "/api/v1/account/signup");
        let request = request.header("x-forwarded-for", format!("2001:db8:2:{subnet:x}::1"));
        signed_up += usize::from(client.send(request.json(&body)).await.status == 201);
    }
    assert_eq!(signed_up, 20);
}

#[apply(on_every_database)]
#[tokio::test]
async fn failures_are_remembered_across_a_restart(database: DatabaseKind) {
    let mut server = start(database, &[]);
    fail_three_times(&server.anonymous(), "alice").await;
    server.kill();
    server.restart_with(&[("APP_SECURITY__THROTTLE__FIRST_DELAY_SECONDS", "60")]);
    let answer = server.anonymous().log_in("alice", WRONG).await;
    assert!((1..=60).contains(&retry_after(&answer)));
}

#[apply(needs_postgres)]
#[tokio::test]
async fn all_nodes_count_together() {
    let one = start(DatabaseKind::Postgres, &[&SECRETS[..], &[LONG_DELAY]].concat());
    let other = one.another_node();
    let client = one.anonymous();
    for node in [&one, &other, &one] {
        let answer = client.at(node).log_in("alice", WRONG).await;
        answer.problem(401, "invalid_credentials");
    }
    for node in [&one, &other] {
        retry_after(&client.at(node).log_in("alice", WRONG).await);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn what_was_typed_as_a_name_is_stored_nowhere(database: DatabaseKind) {
    const TYPED: &str = "hunter2-is-my-password";
    let mut server = start(database, &[]);
    for _ in 0..4 {
        server.anonymous().log_in(TYPED, WRONG).await;
    }
    let connection = server.open_database().await;
    let keys = Statement::from_string(connection.get_database_backend(), "SELECT key FROM throttle_buckets");
    assert_eq!(connection.query_all_raw(keys).await.unwrap().len(), 4);
    drop(connection);
    assert!(!server.log().contains(TYPED));
    server.kill();
    if database == DatabaseKind::Sqlite {
        for file in fs::read_dir(server.directory().join("data")).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(TYPED.len()).any(|window| window == TYPED.as_bytes()));
        }
    }
}

#[tokio::test]
async fn nobody_is_throttled_where_it_is_switched_off() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SECURITY__THROTTLE__ENABLED", "false")]);
    let client = server.anonymous();
    for _ in 0..30 {
        client.log_in("alice", WRONG).await.problem(401, "invalid_credentials");
    }
    client.sign_up("alice", PASSWORD).await.expect(201);
    assert_eq!(
        client.log_in("alice", PASSWORD).await.cookies().len(),
        1,
        "no device is known"
    );
}
