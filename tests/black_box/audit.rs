//! Who did what to whom, when, and from where.

use std::{fs, process::Command, time::Duration};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

use crate::support::{Client, PASSWORD, PATIENCE, Server, forger::SECRETS};

const WRONG: &str = "wrong horse battery";
const ANOTHER_PASSWORD: &str = "staple battery correct";

/// The events that the query matches, the newest first.
pub async fn events(client: &Client, query: &str) -> Vec<Value> {
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

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// An event in short: who, what, whom, what became of it.
pub fn short(event: &Value) -> String {
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
    server.anonymous().log_in("alice", ANOTHER_PASSWORD).await.expect(200);
    alice.delete("/api/v1/account/sessions?keep_current=true").await;
    alice.log_out().await;
    let brian = root.create("brian", "user").await;
    for change in ["grant", "revoke", "inactivate", "reactivate"] {
        root.change(change, "brian").await.expect(200);
        // A second time it changes nothing, and there is nothing to be told.
        root.change(change, "brian").await.expect(200);
    }
    root.change_password("brian", ANOTHER_PASSWORD, None).await;
    server.anonymous().log_in("brian", ANOTHER_PASSWORD).await.expect(200);
    root.delete(&format!("/api/v1/users/{}/sessions", brian["id"].as_str().unwrap()))
        .await;
    for command in ["promote", "demote", "inactivate", "reactivate", "revoke-sessions"] {
        server.run(&[command, "brian"]).succeeded();
    }
    server
        .run_with_password(&["set-password", "brian"], PASSWORD)
        .succeeded();
    for (name, by_operator) in [("carol", true), ("diana", false)] {
        let user = root.create(name, "user").await;
        root.change("inactivate", name).await.expect(200);
        match by_operator {
            true => drop(server.run(&["erase", name, "--yes"]).succeeded()),
            false => drop(root.delete(&format!("/api/v1/users/{}", text(&user["id"]))).await),
        }
    }

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
            "alice log_in alice success",
            "alice end_all_sessions alice success",
            "alice log_out alice success",
            "super create_user brian success",
            "super grant_admin brian success",
            "super revoke_admin brian success",
            "super inactivate_user brian success",
            "super reactivate_user brian success",
            "super change_password brian success",
            "brian log_in brian success",
            "super end_user_sessions brian success",
            "operator promote brian success",
            "operator demote brian success",
            "operator inactivate_user brian success",
            "operator reactivate_user brian success",
            "operator end_user_sessions brian success",
            "operator change_password brian success",
            "super create_user - success",
            "super inactivate_user - success",
            "operator erase_user - success",
            "super create_user - success",
            "super inactivate_user - success",
            "super erase_user - success",
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
    let sessions = root.get("/api/v1/account/sessions").await.expect(200);
    assert_eq!(event["session_id"], sessions["sessions"][0]["id"]);
    let log_in = &events(&root, &format!("action=log_in&actor_id={}", text(&event["actor_id"]))).await[0];
    assert_eq!(log_in["session_id"], event["session_id"]);
    assert_eq!(event["operator_name"], Value::Null);
    assert_eq!(
        (&event["address"], &event["request_id"]),
        (&json!("192.0.2.7"), &json!("trace-1"))
    );
    assert_eq!((&event["outcome"], &event["count"]), (&json!("success"), &json!(1)));
    alice.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_operator_is_named_as_the_machine_does(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    server
        .command(&["revoke-sessions", "super"])
        .env("SUDO_USER", "jane doe")
        .assert()
        .success();
    let root_again = root.log_in("super", PASSWORD).await;
    root_again.expect(200);
    let event = &events(&root, "action=end_user_sessions").await[0];
    assert_eq!(
        (&event["actor"], &event["operator_name"], &event["session_id"]),
        (&json!("operator"), &json!("janedoe"), &Value::Null)
    );
    let account = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    let created = &events(&root, "action=create_super_admin").await[0];
    assert_eq!(created["operator_name"], account.trim_end());
}

#[apply(on_every_database)]
#[tokio::test]
async fn strangers_from_everywhere_do_not_hide_what_users_are_refused(database: DatabaseKind) {
    let variables = [
        ("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]"),
        // All attempts are to be refused for the same reason.
        ("APP_SECURITY__THROTTLE__ENABLED", "false"),
    ];
    let server = Server::start_with(database, &variables);
    let (root, alice) = (server.super_admin("super").await, server.user("alice").await);
    let stranger = server.anonymous();
    // The name of a user, and that of nobody, each from more places than are told apart.
    for username in ["alice", "nobody"] {
        let attempts = (0..130).map(|number| {
            let request = stranger.request(Method::POST, "/api/v1/account/login");
            let request = request.header("x-forwarded-for", format!("2001:db8:{number:x}::1"));
            stranger.send(request.json(&json!({"username": username, "password": WRONG})))
        });
        join_all(attempts).await;
    }
    alice.get("/api/v1/users/").await.problem(403, "not_authorized");

    let told = awaited(&root, "action=list_users", 1).await;
    assert_eq!(short(&told[0]), "alice list_users - not_authorized");
    assert_eq!(told[0]["actor"], "user");
    let of_several = async {
        loop {
            let told = server.run(&["audit", "--actor", "@several"]).succeeded();
            if !told.is_empty() {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let of_several = tokio::time::timeout(PATIENCE, of_several).await.unwrap();
    assert!(
        of_several.contains(" @several log_in - invalid_credentials - - - "),
        "{of_several}"
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn refused_log_ins_and_permissions_are_written_down(database: DatabaseKind) {
    let throttled = [
        ("APP_SECURITY__THROTTLE__FREE_PER_ACCOUNT_AND_ADDRESS", "1"),
        ("APP_SECURITY__THROTTLE__FIRST_DELAY_SECONDS", "60"),
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
    // Wrong ones and throttled ones, the first of each and those like it.
    assert!(told.len() <= 4, "{told:?}");
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
