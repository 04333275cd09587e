//! Lists of users are read from a physical replica, everything else from the primary.

use serde_json::Value;
use test_database::PostgresServer;

use crate::support::{Client, Server, user_of};

const HAS_CAUGHT_UP: &str = "SELECT WHERE NOT pg_is_wal_replay_paused() \
    AND pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn() AND EXISTS (SELECT FROM users WHERE username = 'brian')";

#[ignore = "starts PostgreSQL servers of its own"]
#[tokio::test]
async fn only_lists_are_read_from_the_replica() {
    let primary = PostgresServer::start();
    let replica = primary.replicate();
    let server = serve(&primary, &replica);
    let root = server.super_admin("root.admin").await;
    replica
        .wait_until("SELECT FROM users WHERE username = 'root.admin'")
        .await;
    assert_eq!(listed(&root).await, ["root.admin"]);

    // From now on the replica lags.
    replica.execute("SELECT pg_wal_replay_pause()").await;
    replica
        .wait_until("SELECT WHERE pg_get_wal_replay_pause_state() = 'paused'")
        .await;
    let brian = root.create("brian", "user").await;
    assert_eq!(listed(&root).await, ["root.admin"]);

    let path = format!("/api/v1/users/{}", brian["id"].as_str().unwrap());
    let granted = root.change("grant", "brian").await.expect(200);
    assert_eq!(user_of(&root.get(&path).await.expect(200)), granted);
    let brian = server.logged_in("brian").await;
    assert_eq!(brian.me().await.expect(200)["role"], "admin");
    assert_eq!(listed(&brian).await, ["root.admin"]);
    root.change("inactivate", "brian").await.expect(200);
    brian.get("/api/v1/users/").await.problem(401, "not_authenticated");
    assert_eq!(server.run(&["demote", "brian"]).code, Some(0));

    replica.execute("SELECT pg_wal_replay_resume()").await;
    replica.wait_until(HAS_CAUGHT_UP).await;
    assert_eq!(listed(&root).await, ["brian", "root.admin"]);
}

#[ignore = "starts PostgreSQL servers of its own"]
#[tokio::test]
async fn without_its_replica_the_service_lacks_the_list_alone() {
    let primary = PostgresServer::start();
    let replica = primary.replicate();
    replica.stop("fast");
    let server = serve(&primary, &replica);
    assert!(
        server
            .log()
            .contains("WARN  gatehouse::infrastructure::persistence::database the replica"),
        "{}",
        server.log()
    );
    let root = server.super_admin("root.admin").await;

    root.get("/api/v1/users/").await.problem(503, "service_unavailable");
    root.me().await.expect(200);
    root.create("brian", "user").await;
    root.get("/health/ready").await.expect(200);

    replica.resume();
    replica.wait_until(HAS_CAUGHT_UP).await;
    assert_eq!(listed(&root).await, ["brian", "root.admin"]);
}

fn serve(primary: &PostgresServer, replica: &PostgresServer) -> Server {
    Server::start_at(
        &primary.url(),
        &[
            ("APP_DATABASE__READ_URL", &replica.url()),
            ("APP_DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1"),
        ],
    )
}

async fn listed(client: &Client) -> Vec<String> {
    let list = client.get("/api/v1/users/").await.expect(200);
    let users = list["users"].as_array().unwrap().iter();
    let names = users.map(|user| user["username"].as_str().unwrap().to_owned());
    let names = Vec::from_iter(names);
    assert_eq!(list["total"], Value::from(names.len()));
    names
}
