//! Seeing and ending sessions: one's own, and those of users below.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::{Method, header::USER_AGENT};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};
use uuid::Uuid;

use crate::support::{Client, PASSWORD, PATIENCE, Server, assert_session_view, blamed, time};

const SESSIONS: &str = "/api/v1/account/sessions";

/// The caller's sessions.
async fn sessions(client: &Client) -> Vec<Value> {
    sessions_at(client, SESSIONS).await
}

async fn sessions_at(client: &Client, path: &str) -> Vec<Value> {
    let list = client.get(path).await.expect(200);
    assert_eq!(list.as_object().unwrap().len(), 1, "{list}");
    let sessions = list["sessions"].as_array().unwrap().clone();
    sessions.iter().for_each(assert_session_view);
    sessions
}

/// The id of the session in which the client acts.
async fn current(client: &Client) -> String {
    let sessions = sessions(client).await;
    let mut current = sessions.iter().filter(|session| session["current"] == true);
    let id = current.next().unwrap()["id"].as_str().unwrap().to_owned();
    assert!(current.next().is_none(), "{sessions:?}");
    id
}

#[apply(on_every_database)]
#[tokio::test]
async fn one_sees_where_one_is_logged_in(database: DatabaseKind) {
    let server = Server::start(database);
    let laptop = server.user("alice").await;
    server.user("brian").await;
    let phone = server.anonymous();
    let log_in = phone.request(Method::POST, "/api/v1/account/login");
    let log_in = log_in.json(&json!({"username": "alice", "password": PASSWORD}));
    let name = format!("Phone\t{}", "x".repeat(300));
    let logged_in = phone.send(log_in.header(USER_AGENT, name)).await.expect(200);

    let seen = sessions(&phone).await;
    let [on_phone, on_laptop] = &seen[..] else {
        panic!("{seen:?}")
    };
    for (session, user_agent, current) in [
        (on_phone, json!(format!("Phone{}", "x".repeat(251))), true),
        (on_laptop, Value::Null, false),
    ] {
        assert_eq!(session["address"], "127.0.0.1");
        assert_eq!(session["user_agent"], user_agent);
        assert_eq!(session["current"], current);
        assert_eq!(session["last_seen_at"], session["created_at"]);
    }
    assert_eq!(on_phone["expires_at"], logged_in["session_expires_at"]);
    assert_eq!(current(&laptop).await, on_laptop["id"]);
}

#[apply(on_every_database)]
#[tokio::test]
async fn one_ends_ones_own_sessions_one_by_one_and_nobody_elses(database: DatabaseKind) {
    let server = Server::start(database);
    let (laptop, brian) = (server.user("alice").await, server.user("brian").await);
    let phone = server.logged_in("alice").await;
    let end = async |id: &str| laptop.delete(&format!("{SESSIONS}/{id}")).await;

    let on_phone = current(&phone).await;
    let ended = end(&on_phone).await;
    assert_eq!(ended.status, 204, "{ended:?}");
    assert!(ended.cookies().is_empty(), "{ended:?}");
    phone.me().await.problem(401, "not_authenticated");
    assert_eq!(sessions(&laptop).await.len(), 1);

    for not_mine in [on_phone, current(&brian).await, Uuid::nil().to_string()] {
        end(&not_mine).await.problem(404, "session_not_found");
    }
    brian.me().await.expect(200);
    assert_eq!(blamed(&end("impossible").await), ["session_id"]);

    let ended = end(&current(&laptop).await).await;
    assert_eq!(ended.status, 204, "{ended:?}");
    ended.assert_clears_the_cookie();
    laptop.me().await.problem(401, "not_authenticated");
}

#[apply(on_every_database)]
#[tokio::test]
async fn one_logs_out_everywhere_else_or_everywhere(database: DatabaseKind) {
    let server = Server::start(database);
    let (laptop, brian) = (server.user("alice").await, server.user("brian").await);
    let [phone, tablet] = [server.logged_in("alice").await, server.logged_in("alice").await];

    let answer = laptop.delete(&format!("{SESSIONS}?keep_current=true")).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert!(answer.cookies().is_empty(), "{answer:?}");
    for device in [&phone, &tablet] {
        device.me().await.problem(401, "not_authenticated");
    }
    assert_eq!(sessions(&laptop).await.len(), 1);

    phone.log_in("alice", PASSWORD).await.expect(200);
    let kept = server.carrying(&phone.cookie().unwrap());
    let answer = phone.delete(&format!("{SESSIONS}?keep_current=false")).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    answer.assert_clears_the_cookie();
    for client in [&kept, &laptop] {
        client.me().await.problem(401, "not_authenticated");
    }
    assert_eq!(sessions(&brian).await.len(), 1);

    // An empty id leads here.
    for (query, fields) in [
        ("", &["keep_current"][..]),
        ("/", &["keep_current"]),
        ("?", &["keep_current"]),
        ("?keep_current", &["keep_current"]),
        ("?keep_current=1", &["keep_current"]),
        ("?keep=true", &["keep", "keep_current"]),
        ("/?keep_current=true&id=1", &["id"]),
    ] {
        let answer = brian.delete(&format!("{SESSIONS}{query}")).await;
        assert_eq!(blamed(&answer), fields, "{query}");
    }
    brian.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn an_admin_sees_and_ends_the_sessions_of_a_user(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    let devices = [server.user("alice").await, server.logged_in("alice").await];
    let alice = devices[0].me().await.expect(200);
    let path = format!("/api/v1/users/{}/sessions", alice["id"].as_str().unwrap());

    let mut seen = sessions(&devices[0]).await;
    seen.iter_mut().for_each(|session| session["current"] = false.into());
    assert_eq!(sessions_at(&admin, &path).await, seen);

    for left in [devices.len(), 0] {
        assert_eq!(sessions_at(&admin, &path).await.len(), left);
        assert_eq!(admin.delete(&path).await.status, 204);
    }
    for device in &devices {
        let refusal = device.me().await;
        refusal.problem(401, "not_authenticated");
        refusal.assert_clears_the_cookie();
    }
    server.logged_in("alice").await.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn it_is_written_now_and_then_that_a_session_was_seen(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let last_seen_at = async || time(&sessions(&alice).await[0]["last_seen_at"]);
    let begun = last_seen_at().await;
    let long_ago = "UPDATE auth_sessions SET last_seen_at = '2026-01-01T00:00:00+00:00'";
    server.open_database().await.execute_unprepared(long_ago).await.unwrap();

    let seen = tokio::time::timeout(PATIENCE, async {
        loop {
            let seen = last_seen_at().await;
            if seen > begun {
                break seen;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let seen = seen.await.unwrap();
    join_all((0..20).map(|_| alice.me())).await;
    assert_eq!(last_seen_at().await, seen);
}

#[apply(on_every_database)]
#[tokio::test]
async fn no_request_waits_until_it_is_written_that_its_session_was_seen(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let connection = server.open_database().await;
    let long_ago = "UPDATE auth_sessions SET last_seen_at = '2026-01-01T00:00:00+00:00'";
    connection.execute_unprepared(long_ago).await.unwrap();
    let busy = connection.begin().await.unwrap();
    busy.execute_unprepared("UPDATE auth_sessions SET user_agent = 'busy'")
        .await
        .unwrap();

    let start = Instant::now();
    for _ in 0..10 {
        alice.me().await.expect(200);
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    busy.rollback().await.unwrap();
}

#[apply(on_every_database)]
#[tokio::test]
async fn who_logs_in_once_too_often_loses_the_oldest_session(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SECURITY__AUTH__MAX_SESSIONS_PER_USER", "2")]);
    let (oldest, brian) = (server.user("alice").await, server.user("brian").await);
    let old = server.logged_in("alice").await;
    let new = server.logged_in("alice").await;
    oldest.me().await.problem(401, "not_authenticated");
    old.me().await.expect(200);
    assert_eq!(sessions(&new).await.len(), 2);
    assert!(
        server.log().contains("had too many sessions, the oldest ended: 1 "),
        "{}",
        server.log()
    );
    brian.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn log_ins_at_once_do_not_come_to_more_sessions_than_there_may_be(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SECURITY__AUTH__MAX_SESSIONS_PER_USER", "3")]);
    let alice = server.user("alice").await;
    // As many as may be in flight at one account from one address.
    let devices: Vec<_> = (0..10).map(|_| server.anonymous()).collect();
    for answer in join_all(devices.iter().map(|device| device.log_in("alice", PASSWORD))).await {
        answer.expect(200);
    }
    alice.me().await.problem(401, "not_authenticated");
    let answers = join_all(devices.iter().map(Client::me)).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
}
