//! A write that was acknowledged outlives `kill -9`.

use std::{collections::HashSet, time::Duration};

use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, on_every_database};
use tokio::sync::mpsc;

use crate::support::{Client, PASSWORD, Server};

const CLIENTS: usize = 4;

#[apply(on_every_database)]
#[tokio::test]
async fn no_acknowledged_sign_up_is_lost_when_the_server_is_killed(database: DatabaseKind) {
    let mut server = Server::start(database);
    let _ = server.super_admin("root.admin").await;
    let mut acknowledged = HashSet::new();
    for round in 0..4 {
        let (acknowledge, mut acknowledgements) = mpsc::unbounded_channel();
        let clients = Vec::from_iter((0..CLIENTS).map(|number| {
            let prefix = format!("user.{round}.{number}");
            tokio::spawn(sign_up_until_cut(server.anonymous(), prefix, acknowledge.clone()))
        }));
        drop(acknowledge);

        // At some moment in the middle of it: after so many, and then some part of a sign-up later.
        let random = getrandom::u32().unwrap();
        let before = 5 + random % 60;
        for _ in 0..before {
            acknowledged.insert(acknowledgements.recv().await.unwrap());
        }
        tokio::time::sleep(Duration::from_micros(u64::from(random >> 16) % 5_000)).await;
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
        while let Some(username) = acknowledgements.recv().await {
            acknowledged.insert(username);
        }

        server.restart();
        let found = usernames(&server.logged_in("root.admin").await).await;
        let lost = Vec::from_iter(acknowledged.difference(&found));
        assert!(lost.is_empty(), "killed after {before} in round {round}, lost {lost:?}");
    }
    for username in acknowledged.iter().take(5) {
        server.logged_in(username).await;
    }
    server.kill();
    if database == DatabaseKind::Sqlite {
        assert_eq!(judgement_of_sqlite(&server).await, "ok");
    }
}

/// Signs up one user after the other, and passes on the name of each whose sign-up the server acknowledged.
async fn sign_up_until_cut(client: Client, prefix: String, acknowledge: mpsc::UnboundedSender<String>) {
    for number in 0.. {
        let username = format!("{prefix}.{number}");
        let body = serde_json::json!({"username": username, "password": PASSWORD});
        let request = client.request(reqwest::Method::POST, "/api/v1/account/signup");
        let Ok(answer) = request.json(&body).send().await else {
            return;
        };
        assert_eq!(answer.status(), 201);
        acknowledge.send(username).unwrap();
    }
}

/// All usernames, as an admin sees them.
async fn usernames(admin: &Client) -> HashSet<String> {
    let mut names = HashSet::new();
    loop {
        let path = format!("/api/v1/users?limit=100&offset={}", names.len());
        let page = admin.get(&path).await.expect(200);
        let users = page["users"].as_array().unwrap();
        if users.is_empty() {
            return names;
        }
        names.extend(users.iter().map(|user| user["username"].as_str().unwrap().to_owned()));
    }
}

/// What SQLite finds wrong with the database that the killed server left behind: `ok` is nothing.
async fn judgement_of_sqlite(server: &Server) -> String {
    let database = server.open_database().await;
    let question = Statement::from_string(database.get_database_backend(), "PRAGMA integrity_check");
    let row = database.query_one_raw(question).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
