//! Who did what to whom, when, and from where.

use std::{fs, time::Duration};

use futures_util::future::join_all;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

use crate::support::{Client, PASSWORD, PATIENCE, Server, blamed, forger::SECRETS, time};

const WRONG: &str = "wrong horse battery";
const ANOTHER_PASSWORD: &str = "staple battery correct";

/// The events that the query matches, the newest first.
async fn events(client: &Client, query: &str) -> Vec<Value> {
    let list = client.get(&format!("/api/v1/audit/?{query}")).await.expect(200);
    list["events"].as_array().unwrap().clone()
}

/// The events that the query matches, as soon as there are so many.
async fn awaited(client: &Client, query: &str, number: usize) -> Vec<Value> {
    let awaited = async {
        loop {
            let events = events(client, query).await;
            if events.len() >= number {
                return events;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let awaited = tokio::time::timeout(PATIENCE, awaited).await;
    awaited.unwrap_or_else(|_| panic!("there are not {number} events of {query}"))
}

/// An event in short: who, what, whom, what became of it.
fn short(event: &Value) -> String {
    let text = |name: &str| event[name].as_str().unwrap_or("-").to_owned();
    let actor = event["actor_username"]
        .as_str()
        .map_or_else(|| text("actor"), str::to_owned);
    let outcome = event["refusal"].as_str().unwrap_or("success");
    format!("{actor} {} {} {outcome}", text("action"), text("target_username"))
}

#[apply(on_every_database)]
#[tokio::test]
async fn every_command_is_written_down(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    alice.change_password("alice", ANOTHER_PASSWORD, Some(PASSWORD)).await;
    let id = alice.get("/api/v1/account/sessions").await.expect(200)["sessions"][0]["id"].take();
    alice
        .delete(&format!("/api/v1/account/sessions/{}", id.as_str().unwrap()))
        .await;
    alice.log_in("alice", ANOTHER_PASSWORD).await.expect(200);
    alice.delete("/api/v1/account/sessions?keep_current=true").await;
    alice.log_out().await;
    let brian = root.create("brian", "user").await;
    for change in ["grant", "revoke", "inactivate", "reactivate"] {
        root.change(change, "brian").await.expect(200);
        // A second time it changes nothing, and there is nothing to be told.
        root.change(change, "brian").await.expect(200);
    }
    root.change_password("brian", ANOTHER_PASSWORD, None).await;
    root.delete(&format!("/api/v1/users/{}/sessions", brian["id"].as_str().unwrap()))
        .await;
    for command in ["promote", "demote", "inactivate", "reactivate", "revoke-sessions"] {
        server.run(&[command, "brian"]).succeeded();
    }
    server
        .run_with_password(&["set-password", "brian"], PASSWORD)
        .succeeded();

    let mut told = Vec::from_iter(events(&root, "limit=100").await.iter().map(short));
    told.reverse();
    assert_eq!(
        told,
        [
            "operator create_super_admin super success",
            "super log_in super success",
            "alice sign_up alice success",
            "alice log_in alice success",
            "alice change_password alice success",
            "alice end_session alice success",
            "alice log_in alice success",
            "alice end_all_sessions alice success",
            "alice log_out alice success",
            "super create_user brian success",
            "super grant_admin brian success",
            "super revoke_admin brian success",
            "super inactivate_user brian success",
            "super reactivate_user brian success",
            "super change_password brian success",
            "super end_user_sessions brian success",
            "operator promote brian success",
            "operator demote brian success",
            "operator inactivate_user brian success",
            "operator reactivate_user brian success",
            "operator end_user_sessions brian success",
            "operator change_password brian success",
        ]
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn an_event_tells_when_from_where_and_in_which_request(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]")]);
    let (root, alice) = (server.super_admin("super").await, server.user("alice").await);
    let request = root.request(Method::PATCH, "/api/v1/users/grant");
    let answer = root
        .send(
            request
                .header("x-forwarded-for", "192.0.2.7")
                .header("x-request-id", "trace-1")
                .json(&json!({"username": "alice"})),
        )
        .await;
    let granted = answer.expect(200);

    let [event] = &events(&root, "action=grant_admin").await[..] else {
        panic!("there is one event")
    };
    assert_eq!(event["occurred_at"], granted["updated_at"]);
    assert_eq!(event["target_id"], granted["id"]);
    assert_eq!(event["actor_id"], root.me().await.json()["id"]);
    assert_eq!(
        (&event["address"], &event["request_id"]),
        (&json!("192.0.2.7"), &json!("trace-1"))
    );
    assert_eq!((&event["outcome"], &event["count"]), (&json!("success"), &json!(1)));
    alice.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn refused_log_ins_and_permissions_are_written_down(database: DatabaseKind) {
    let throttled = [
        ("APP_SECURITY__THROTTLE__ENABLED", "true"),
        ("APP_SECURITY__THROTTLE__FREE_PER_ACCOUNT_AND_ADDRESS", "1"),
    ];
    let server = Server::start_with(database, &throttled);
    let (root, alice) = (server.super_admin("super").await, server.user("alice").await);
    let stranger = server.anonymous();
    for username in ["alice", "nobody"] {
        stranger
            .log_in(username, WRONG)
            .await
            .problem(401, "invalid_credentials");
        stranger.log_in(username, WRONG).await.problem(429, "too_many_attempts");
    }
    alice
        .change_password("alice", ANOTHER_PASSWORD, Some(WRONG))
        .await
        .problem(403, "wrong_current_password");
    alice.change("grant", "alice").await.problem(403, "not_authorized");
    alice.get("/api/v1/users/").await.problem(403, "not_authorized");

    let mut told = Vec::from_iter(awaited(&root, "outcome=refused", 7).await.iter().map(short));
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "alice change_password alice wrong_current_password",
            "alice grant_admin - not_authorized",
            "alice list_users - not_authorized",
            "anonymous log_in - invalid_credentials",
            "anonymous log_in - throttled",
            "anonymous log_in alice invalid_credentials",
            "anonymous log_in alice throttled",
        ]
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_flood_of_refusals_is_counted_in_few_events_and_none_is_lost_by_a_stop(database: DatabaseKind) {
    let mut server = Server::start(database);
    let root = server.super_admin("super").await;
    let stranger = server.anonymous();
    for _ in 0..10 {
        join_all((0..30).map(|_| stranger.log_in("nobody", WRONG))).await;
    }
    server.stop();
    server.restart();
    let told = events(&root.at(&server), "action=log_in&outcome=refused").await;
    assert!(told.len() <= 2, "{told:?}");
    assert_eq!(
        told.iter().map(|event| event["count"].as_u64().unwrap()).sum::<u64>(),
        300
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn what_was_typed_as_a_name_or_password_is_in_no_event(database: DatabaseKind) {
    const TYPED: &str = "hunter2-is-my-password";
    let mut server = Server::start(database);
    let root = server.super_admin("super").await;
    server.anonymous().log_in(TYPED, TYPED).await;
    let told = awaited(&root, "outcome=refused", 1).await;
    assert!(!json!(told).to_string().contains(TYPED));
    server.stop();
    if database == DatabaseKind::Sqlite {
        let bytes = fs::read(server.directory().join("data/gatehouse.db")).unwrap();
        assert!(!bytes.windows(TYPED.len()).any(|window| window == TYPED.as_bytes()));
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn pages_lead_from_the_newest_to_the_oldest(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    for number in 0..5 {
        root.create(&format!("user{number}"), "user").await;
    }
    let all = events(&root, "limit=100").await;
    assert_eq!(all.len(), 7);
    let (mut cursor, mut paged) = (String::new(), Vec::new());
    for number in 1..=3 {
        let page = root.get(&format!("/api/v1/audit/?limit=3{cursor}")).await.expect(200);
        paged.extend(page["events"].as_array().unwrap().clone());
        // New events are on no later page.
        root.create(&format!("later{number}"), "user").await;
        let next = page["next_cursor"].as_str();
        assert_eq!(next.is_some(), number < 3);
        cursor = next.map(|after| format!("&after={after}")).unwrap_or_default();
    }
    assert_eq!(paged, all);
}

#[apply(on_every_database)]
#[tokio::test]
async fn filters_narrow_the_list_down(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    let [root_id, alice_id] = [root.me().await.json(), alice.me().await.json()].map(|me| me["id"].clone());
    let [root_id, alice_id] = [root_id.as_str().unwrap(), alice_id.as_str().unwrap()];
    let granted = root.change("grant", "alice").await.expect(200);
    // A moment between the two, for times are compared by the millisecond.
    tokio::time::sleep(Duration::from_millis(5)).await;
    root.change("revoke", "alice").await.expect(200);
    let revoked_at = time(&events(&root, "action=revoke_admin").await[0]["occurred_at"]);
    let granted_at = time(&granted["updated_at"]);
    let moment = |time: chrono::DateTime<_>| time.format("%FT%T%.6fZ").to_string();

    for (query, expected) in [
        (
            format!("actor_id={root_id}&action=log_in"),
            vec!["super log_in super success"],
        ),
        (
            format!("target_id={alice_id}&actor_id={root_id}"),
            vec!["super revoke_admin alice success", "super grant_admin alice success"],
        ),
        (
            format!("since={}", moment(revoked_at)),
            vec!["super revoke_admin alice success"],
        ),
        (
            format!("since={}&until={}", moment(granted_at), moment(revoked_at)),
            vec!["super grant_admin alice success"],
        ),
        ("outcome=refused".to_owned(), vec![]),
    ] {
        let told = Vec::from_iter(events(&root, &query).await.iter().map(short));
        assert_eq!(told, expected, "{query}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn parameters_that_make_no_sense_are_refused_and_named(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=1", "after"),
        ("actor_id=alice", "actor_id"),
        ("target_id=", "target_id"),
        ("action=sing_up", "action"),
        ("outcome=failed", "outcome"),
        ("since=yesterday", "since"),
        ("until=2026-01-01", "until"),
        ("username=alice", "username"),
    ] {
        let answer = root.get(&format!("/api/v1/audit/?{query}")).await;
        assert_eq!(blamed(&answer), [name], "{query}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_operator_reads_the_trail_on_the_command_line(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    server.user("alice").await;
    root.change("grant", "alice").await.expect(200);

    let all = server.run(&["audit"]).succeeded();
    let told = Vec::from_iter(all.lines().map(|line| {
        let words = Vec::from_iter(line.split(' '));
        assert_eq!(words.len(), 7, "{line}");
        words[1..5].join(" ")
    }));
    assert_eq!(
        told,
        [
            "super grant_admin alice success",
            "alice log_in alice success",
            "alice sign_up alice success",
            "super log_in super success",
            "operator create_super_admin super success",
        ]
    );
    for (arguments, lines) in [
        (vec!["--actor", "ALICE"], 2),
        (vec!["--target", "alice", "--action", "grant_admin"], 1),
        (vec!["--outcome", "refused"], 0),
        (vec!["--limit", "2"], 2),
        (vec!["--until", "2026-01-01T00:00:00Z"], 0),
    ] {
        let told = server.run(&[&["audit"], &arguments[..]].concat()).succeeded();
        assert_eq!(told.lines().count(), lines, "{arguments:?}: {told}");
    }
    let refusal = server.run(&["audit", "--actor", "nobody"]).refused();
    assert_eq!(refusal, "There is no such user.\n");
    assert!(
        server
            .run(&["audit", "--action", "sing_up"])
            .misused()
            .contains("sign_up")
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn events_are_kept_for_as_long_as_is_configured(database: DatabaseKind) {
    let mut server = Server::start_with(database, &[("APP_AUDIT__RETENTION_DAYS", "30")]);
    let root = server.super_admin("super").await;
    let connection = server.open_database().await;
    // The time of an event stands at the beginning of its id.
    let insert = |id: &str| {
        let id = match database {
            DatabaseKind::Sqlite => format!("x'{}'", id.replace('-', "")),
            DatabaseKind::Postgres => format!("'{id}'"),
        };
        format!(
            "INSERT INTO audit_events (id, occurred_at, actor_kind, action, count) \
             VALUES ({id}, '2020-01-01T00:00:00+00:00', 'operator', 'demote', 1)"
        )
    };
    connection
        .execute_unprepared(&insert("016f5e66-e800-7000-8000-000000000001"))
        .await
        .unwrap();
    assert_eq!(events(&root, "action=demote").await.len(), 1);
    server.stop();
    server.restart();
    let gone = async {
        while !server.log().contains("purged 1 expired audit events") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    let left = Statement::from_string(connection.get_database_backend(), "SELECT id FROM audit_events");
    assert_eq!(connection.query_all_raw(left).await.unwrap().len(), 2);
}

#[apply(needs_postgres)]
#[tokio::test]
async fn all_nodes_write_to_one_trail() {
    let one = Server::start_with(DatabaseKind::Postgres, &SECRETS);
    let other = one.another_node();
    let root = one.super_admin("super").await;
    for node in [&one, &other] {
        node.anonymous().log_in("nobody", WRONG).await;
    }
    assert_eq!(awaited(&root, "outcome=refused", 2).await.len(), 2);
}
