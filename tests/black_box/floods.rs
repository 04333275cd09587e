//! What succeeds is limited, too, and what changes nothing writes nothing.

use futures_util::future::join_all;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::{
    support::{PASSWORD, Server},
    throttling::{retry_after, start},
};

#[apply(on_every_database)]
#[tokio::test]
async fn sign_ups_from_one_address_are_throttled_and_those_that_admins_make_are_not(database: DatabaseKind) {
    let server = start(database, &[("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "2")]);
    let admin = server.super_admin("super").await;
    let client = server.anonymous();
    client.sign_up("alice", PASSWORD).await.expect(201);
    client
        .sign_up("alice", PASSWORD)
        .await
        .problem(409, "username_already_exists");
    assert_eq!(retry_after(&client.sign_up("brian", PASSWORD).await), 1);
    // What breaks a rule is told as ever, for it costs nothing.
    client.sign_up("x", PASSWORD).await.problem(400, "invalid_username");
    for number in 0..4 {
        admin.create(&format!("user{number}"), "user").await;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn right_log_ins_of_many_users_at_once_from_one_address_are_not_throttled(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.super_admin("super").await;
    let names = Vec::from_iter((0..16).map(|number| format!("user{number}")));
    for name in &names {
        admin.create(name, "user").await;
    }
    let client = server.anonymous();
    let log_ins = names.iter().cycle().take(128).map(|name| client.log_in(name, PASSWORD));
    for answer in join_all(log_ins).await {
        assert_ne!(answer.status, 429, "{answer:?}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_flood_of_right_log_ins_to_one_account_is_throttled_and_others_are_not(database: DatabaseKind) {
    let few = [("APP_SECURITY__THROTTLE__FREE_LOG_INS_PER_ACCOUNT_AND_ADDRESS", "4")];
    let server = start(database, &few);
    let client = server.anonymous();
    for name in ["alice", "brian"] {
        client.sign_up(name, PASSWORD).await.expect(201);
    }
    for _ in 0..4 {
        server.anonymous().log_in("alice", PASSWORD).await.expect(200);
    }
    assert_eq!(retry_after(&server.anonymous().log_in("alice", PASSWORD).await), 1);
    server.anonymous().log_in("brian", PASSWORD).await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn changes_have_a_budget_for_each_user_and_rejected_ones_change_nothing(database: DatabaseKind) {
    let server = start(
        database,
        &[("APP_SECURITY__THROTTLE__MAX_CHANGES_PER_USER_AND_MINUTE", "3")],
    );
    let admin = server.admin("admin").await;
    let other = server.admin("other").await;
    server.user("alice").await;
    for operation in ["inactivate", "reactivate", "inactivate"] {
        admin.change(operation, "alice").await.expect(200);
    }
    let refusal = admin.change("reactivate", "alice").await;
    assert!((1..=60).contains(&retry_after(&refusal)));
    assert_eq!(admin.find("alice").await[0]["is_active"], false);
    other.change("reactivate", "alice").await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn ending_sessions_where_there_are_none_writes_no_event(database: DatabaseKind) {
    let server = start(database, &[]);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    let id = alice.me().await.expect(200)["id"].as_str().unwrap().to_owned();
    for _ in 0..5 {
        let own = alice.delete("/api/v1/account/sessions?keep_current=true").await;
        assert_eq!(own.status, 204, "{own:?}");
    }
    for _ in 0..5 {
        let theirs = root.delete(&format!("/api/v1/users/{id}/sessions")).await;
        assert_eq!(theirs.status, 204, "{theirs:?}");
    }
    let count = async |action: &str| {
        let page = root.get(&format!("/api/v1/audit/?action={action}")).await.expect(200);
        page["events"].as_array().unwrap().len()
    };
    assert_eq!(count("end_all_sessions").await, 0);
    assert_eq!(count("end_user_sessions").await, 1, "the one session of the log-in");
}
