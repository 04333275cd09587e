//! Two nodes on one database are one service: what is done on one of them, the very next request to the other feels.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use test_database::{DatabaseKind, apply, needs_postgres};

use crate::support::{Answer, PASSWORD, PATIENCE, Server, forger::start_with_known_secrets, time};

const ANOTHER_PASSWORD: &str = "staple battery correct";

/// Two nodes with the same secrets on one database.
fn nodes(variables: &[(&str, &str)]) -> [Server; 2] {
    let one = start_with_known_secrets(DatabaseKind::Postgres, variables);
    let other = one.another_node();
    [one, other]
}

#[apply(needs_postgres)]
#[tokio::test]
async fn a_session_begun_on_one_node_is_good_on_the_other_and_renewed_there() {
    let [one, other] = nodes(&[("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0")]);
    let alice = one.user("alice").await;
    let mut expiry = time(&alice.me().await.expect(200)["session_expires_at"]);
    for node in [&other, &one, &other] {
        let answer = alice.at(node).me().await;
        assert!(answer.cookie().1.contains(&"Max-Age=3600"), "{answer:?}");
        let later = time(&answer.expect(200)["session_expires_at"]);
        assert!(later > expiry, "{later} is not after {expiry}");
        expiry = later;
    }
}

#[apply(needs_postgres)]
#[rstest]
#[case::log_out("log_out", Some(PASSWORD))]
#[case::inactivation("inactivate", None)]
#[case::change_of_password("change_password", Some(ANOTHER_PASSWORD))]
#[case::operator_inactivation("gatehouse inactivate", None)]
#[case::operator_password("gatehouse set-password", Some(ANOTHER_PASSWORD))]
#[tokio::test]
async fn what_ends_a_session_on_one_node_ends_it_on_the_other(#[case] cause: &str, #[case] password: Option<&str>) {
    let [one, other] = nodes(&[]);
    let admin = one.admin("admin").await;
    for (username, here, there) in [("alice", &one, &other), ("bobby", &other, &one)] {
        let user = here.user(username).await;
        let cookie = user.cookie().unwrap();
        there.carrying(&cookie).me().await.expect(200);

        match cause {
            "log_out" => drop(user.log_out().await),
            "inactivate" => drop(admin.at(here).change("inactivate", username).await),
            "change_password" => drop(admin.at(here).change_password(username, ANOTHER_PASSWORD, None).await),
            "gatehouse inactivate" => drop(here.run(&["inactivate", username]).succeeded()),
            "gatehouse set-password" => {
                let command = ["set-password", username];
                drop(here.run_with_password(&command, ANOTHER_PASSWORD).succeeded());
            }
            unknown => panic!("{unknown}"),
        }

        for node in [there, here] {
            node.carrying(&cookie).me().await.problem(401, "not_authenticated");
        }
        for attempt in [PASSWORD, ANOTHER_PASSWORD] {
            let answer = there.anonymous().log_in(username, attempt).await;
            if password == Some(attempt) {
                answer.expect(200);
            } else {
                answer.problem(401, "invalid_credentials");
            }
        }
    }
}

#[apply(needs_postgres)]
#[tokio::test]
async fn a_change_of_role_on_one_node_is_felt_on_the_other() {
    let [one, other] = nodes(&[]);
    let root = one.super_admin("super").await;
    let alice = one.user("alice").await;
    for (here, there) in [(&one, &other), (&other, &one)] {
        let (root, alice) = (root.at(here), alice.at(there));
        alice.get("/api/v1/users/").await.problem(403, "not_authorized");
        root.change("grant", "alice").await.expect(200);
        assert_eq!(alice.me().await.expect(200)["role"], "admin");
        alice.get("/api/v1/users/").await.expect(200);
        root.change("revoke", "alice").await.expect(200);
    }
}

#[apply(needs_postgres)]
#[tokio::test]
async fn of_many_sign_ups_of_one_name_on_both_nodes_at_once_one_succeeds() {
    // All clients sign up from one address.
    let nodes = nodes(&[("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "1000")]);
    let clients = nodes.each_ref().map(Server::anonymous);
    for round in 0..5 {
        let names = [format!("alice{round}"), format!("ALICE{round}")];
        let sign_ups = (0..20).map(|number| clients[number % 2].sign_up(&names[number / 2 % 2], PASSWORD));
        let (created, refused): (Vec<_>, Vec<_>) = join_all(sign_ups)
            .await
            .into_iter()
            .partition(|answer| answer.status == 201);
        assert_eq!(created.len(), 1, "{created:?}");
        for refusal in refused {
            refusal.problem(409, "username_already_exists");
        }
    }
}

#[apply(needs_postgres)]
#[tokio::test]
async fn a_grant_on_one_node_and_an_inactivation_on_the_other_both_survive() {
    let [one, other] = nodes(&[]);
    let [first, second] = [one.super_admin("first").await, other.super_admin("second").await];
    let names = Vec::from_iter((0..20).map(|number| format!("user{number}")));
    for name in &names {
        first.create(name, "user").await;
    }
    let changes = names
        .iter()
        .map(|name| join(first.change("grant", name), second.change("inactivate", name)));
    for (grant, inactivation) in join_all(changes).await {
        grant.expect(200);
        inactivation.expect(200);
    }
    for user in first.find("user").await {
        assert_eq!(
            (&user["role"], &user["is_active"]),
            (&"admin".into(), &false.into()),
            "{user}"
        );
    }
}

#[apply(needs_postgres)]
#[tokio::test]
async fn every_expired_session_is_purged_once() {
    const SESSIONS: &str = "
        INSERT INTO auth_sessions (id, user_id, secret_digest, created_at, expires_at)
        SELECT gen_random_uuid(), users.id, sha256(n::text::bytea), '2026-01-01', '2026-01-02'
        FROM users, generate_series(1, 5000) AS n";
    let [mut one, mut other] = nodes(&[]);
    one.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    // They would purge some in their first seconds, too.
    one.stop();
    other.stop();
    let database = one.open_database().await;
    database.execute_unprepared(SESSIONS).await.unwrap();
    one.restart();
    other.restart();

    let purged = |node: &Server| {
        let log = node.log();
        let count = log.split("purged ").nth(1).and_then(|rest| rest.split(' ').next());
        count.map_or(0, |count| count.parse::<u32>().unwrap())
    };
    let start = Instant::now();
    while purged(&one) + purged(&other) < 5000 {
        assert!(start.elapsed() < PATIENCE, "{}{}", one.log(), other.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(purged(&one) + purged(&other), 5000);
}

/// Each locks first the row of whoever asks, and then that of whoever is named. PostgreSQL then breaks the circle.
#[apply(needs_postgres)]
#[tokio::test]
async fn those_who_name_each_other_at_once_are_answered_or_told_to_come_back() {
    let [one, other] = nodes(&[]);
    let [root, rival] = [one.super_admin("super").await, other.super_admin("rival").await];
    root.create("admin", "admin").await;
    let admin = other.logged_in("admin").await;

    for _ in 0..5 {
        let (super_admins, with_admin) = join(
            join(
                settled(async || root.change("grant", "rival").await),
                settled(async || rival.change("grant", "super").await),
            ),
            join(
                settled(async || root.change("grant", "admin").await),
                settled(async || admin.change("inactivate", "super").await),
            ),
        )
        .await;
        with_admin.0.expect(200);
        for refusal in [super_admins.0, super_admins.1, with_admin.1] {
            refusal.problem(403, "not_authorized");
        }
    }
}

/// What comes of it in the end, asking again as often as the answer is to do so.
async fn settled(ask: impl AsyncFn() -> Answer) -> Answer {
    loop {
        let answer = ask().await;
        if answer.status != 503 {
            return answer;
        }
        answer.problem(503, "service_unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}
