//! No request reads a table from end to end, however many users there are. To count up to a thousand of nearly all,
//! reading the first rows of the table is as good as an index.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use test_database::{PostgresDatabase, apply, needs_postgres};
use uuid::Uuid;

use crate::support::{
    PASSWORD, PATIENCE, Server,
    forger::{SECRET, SECRETS},
};

/// Enough for PostgreSQL to prefer an index wherever there is one. Admins and inactive users are few. Their hashes
/// name the pepper that the server has.
const USERS: &str = "
    INSERT INTO users (id, username, username_key, password_hash, role, is_active, created_at, updated_at)
    SELECT gen_random_uuid(), 'user' || n, 'user' || n, left(encode(sha256('{SECRET}'), 'hex'), 16) || repeat('x', 60),
        CASE WHEN n % 100 = 0 THEN 20 ELSE 10 END, n % 50 > 0, now() - n * interval '1 s', now() - n * interval '1 s'
    FROM generate_series(1, 20000) AS n";
/// How many rows have to be read to find a thousand and one of nearly all.
const ROWS_UP_TO_THE_CAP: i64 = 1100;
const FIELDS: [&str; 5] = ["username", "role", "is_active", "created_at", "updated_at"];
const ORDERS: [&str; 2] = ["ASC", "DESC"];
const NO_FILTER: &str = "";
const SESSIONS: &str = "
    INSERT INTO auth_sessions (id, user_id, secret_digest, created_at, expires_at)
    SELECT gen_random_uuid(), id, sha256(username::bytea), now(), now() + interval '1 h' FROM users";

#[apply(needs_postgres)]
#[tokio::test]
async fn every_query_of_a_request_is_served_by_an_index() {
    let postgres = PostgresDatabase::migrated();
    let seeder = Database::connect(postgres.url()).await.unwrap();
    let users = USERS.replace("{SECRET}", SECRET);
    for statement in [
        users.as_str(),
        SESSIONS,
        "VACUUM ANALYZE users",
        "VACUUM ANALYZE auth_sessions",
    ] {
        seeder.execute_unprepared(statement).await.unwrap();
    }
    seeder.close().await.unwrap();
    let mut single = ConnectOptions::new(postgres.url());
    single.max_connections(1);
    let observer = Database::connect(single).await.unwrap();
    let before = sequential_reads(&observer).await;

    let always_renew = [("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0")];
    let mut server = Server::start_at(&postgres.url(), &[&SECRETS[..], &always_renew].concat());
    make_every_request(&server).await;
    server.stop();

    let after = sequential_reads(&observer).await;
    assert_eq!(after.sessions, before.sessions);
    let [scans, rows] = [0, 1].map(|index| after.users[index] - before.users[index]);
    assert!(rows <= scans * ROWS_UP_TO_THE_CAP, "{scans} times {rows} in all");
}

async fn make_every_request(server: &Server) {
    let root = server.super_admin("root.admin").await;
    let alice = server.user("alice").await;
    alice.me().await.expect(200);
    server
        .anonymous()
        .sign_up("alice", PASSWORD)
        .await
        .problem(409, "username_already_exists");
    server
        .anonymous()
        .log_in("nobody", PASSWORD)
        .await
        .problem(401, "invalid_credentials");

    let brian = root.create("brian", "user").await;
    let path = format!("/api/v1/users/{}", brian["id"].as_str().unwrap());
    for operation in ["grant", "revoke", "inactivate", "reactivate"] {
        root.change(operation, "brian").await.expect(200);
    }
    root.get(&path).await.expect(200);
    root.get(&format!("{path}/sessions")).await.expect(200);
    assert_eq!(root.delete(&format!("{path}/sessions")).await.status, 204);
    root.get("/api/v1/account/sessions").await.expect(200);
    root.delete(&format!("/api/v1/account/sessions/{}", Uuid::nil()))
        .await
        .problem(404, "session_not_found");
    let others = "/api/v1/account/sessions?keep_current=true";
    assert_eq!(root.delete(others).await.status, 204);
    for field in FIELDS {
        for order in ORDERS {
            for filter in [
                NO_FILTER,
                "&username=user12",
                "&role=admin",
                "&is_active=false",
                "&role=admin&is_active=true",
                "&role=user&is_active=true",
                "&role=user&is_active=false",
            ] {
                let query = format!("/api/v1/users/?limit=1&sorting_field={field}&sorting_order={order}{filter}");
                let page = root.get(&query).await.expect(200);
                if let Some(next) = page["next_cursor"].as_str() {
                    root.get(&format!("{query}&after={next}")).await.expect(200);
                }
            }
        }
    }
    for (client, current) in [(&root, None), (&alice, Some(PASSWORD))] {
        let change = client.change_password("alice", "battery staple", current).await;
        assert_eq!(change.status, if current.is_some() { 401 } else { 204 }, "{change:?}");
    }
    assert_eq!(root.log_out().await.status, 204);
}

/// How often a table was read without an index, and how many rows in all.
#[derive(Debug, PartialEq, Eq)]
struct SequentialReads {
    users: [i64; 2],
    sessions: [i64; 2],
}

/// What PostgreSQL has counted, once all others have left the database.
async fn sequential_reads(observer: &DatabaseConnection) -> SequentialReads {
    let statement = |sql: &str| Statement::from_string(observer.get_database_backend(), sql);
    let others = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    tokio::time::timeout(PATIENCE, async {
        while observer.query_one_raw(statement(others)).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    let reads = async |table| {
        let reads = format!("SELECT seq_scan, seq_tup_read FROM pg_stat_user_tables WHERE relname = '{table}'");
        let row = observer.query_one_raw(statement(&reads)).await.unwrap().unwrap();
        [0, 1].map(|index| row.try_get_by_index(index).unwrap())
    };
    SequentialReads {
        users: reads("users").await,
        sessions: reads("auth_sessions").await,
    }
}
