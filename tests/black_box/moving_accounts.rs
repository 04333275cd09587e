//! The accounts of the original service are moved as its guide says, and log in.

use std::fs;

use rstest::rstest;
use sea_orm::{ConnectionTrait, Database};
use test_database::PostgresDatabase;

use crate::support::{PASSWORD, Server, shell_lines, type_in};

const PEPPER: &str = "the pepper of the service that is left";

/// A version of the original service.
struct Original {
    /// The table that its migrations make.
    table: &'static str,
    /// The password of all test accounts, as its class `BcryptPasswordHasher` hashes it with a work factor of 4.
    hash: &'static str,
    user: &'static str,
    admin: &'static str,
    super_admin: &'static str,
    /// When the first user was created, and last changed.
    times: [&'static str; 2],
}

const LEGACY: Original = Original {
    table: "CREATE TYPE userrole AS ENUM ('SUPER_ADMIN', 'ADMIN', 'USER');
        CREATE TABLE users (
            id UUID PRIMARY KEY, username VARCHAR(20) NOT NULL UNIQUE, password_hash BYTEA NOT NULL,
            role userrole NOT NULL, is_active BOOLEAN NOT NULL
        )",
    hash: "$2b$04$9DIPijlVzMajYmM6MuXbjurPfroi3sphLqilMm1udsofaE.tbmMNe",
    user: "USER",
    admin: "ADMIN",
    super_admin: "SUPER_ADMIN",
    times: ["2026-11-23T04:26:29.945Z"; 2],
};

const MASTER: Original = Original {
    table: "CREATE TABLE users (
            id UUID PRIMARY KEY, username VARCHAR(20) NOT NULL UNIQUE, password_hash BYTEA NOT NULL,
            role VARCHAR(11) NOT NULL, is_active BOOLEAN NOT NULL,
            created_at TIMESTAMPTZ NOT NULL DEFAULT '2026-04-01T22:28:15.224058Z',
            updated_at TIMESTAMPTZ NOT NULL DEFAULT '2026-04-02T22:28:15.224058Z'
        )",
    hash: "$2b$04$VdJjrnlctpkqsUV6kgaQte4eKFq6S3XaUNNFTdOoU6lpPouAqSc.y",
    user: "user",
    admin: "admin",
    super_admin: "super_admin",
    times: ["2026-04-01T22:28:15.224058Z", "2026-04-02T22:28:15.224058Z"],
};

impl Original {
    /// The database that is left behind: two users whose names differ in case only, an admin, and a super admin.
    async fn database(&self) -> PostgresDatabase {
        let rows = [
            ("01a206a7-ccb9-7a21-bff8-89cc1797422d", "Alice", self.user, true),
            ("01a206a7-ccba-7a21-bff8-89cc1797422d", "alice", self.user, false),
            ("01a206a7-ccbb-7a21-bff8-89cc1797422d", "Brian", self.admin, true),
            (
                "01a206a7-ccbc-7a21-bff8-89cc1797422d",
                "root.admin",
                self.super_admin,
                true,
            ),
        ]
        .map(|(id, name, role, is_active)| format!("('{id}', '{name}', '{}', '{role}', {is_active})", self.hash));
        let statements = format!(
            "{}; INSERT INTO users (id, username, password_hash, role, is_active) VALUES {}",
            self.table,
            rows.join(", ")
        );
        let database = PostgresDatabase::new();
        let connection = Database::connect(database.url()).await.unwrap();
        connection.execute_unprepared(&statements).await.unwrap();
        database
    }
}

#[rstest]
#[case::of_2025(LEGACY)]
#[case::of_2026(MASTER)]
#[ignore = "needs bash, psql and TEST_POSTGRES_URL"]
#[tokio::test]
async fn users_keep_what_they_had_and_log_in(#[case] original: Original) {
    let (left, gatehouse) = (original.database().await, PostgresDatabase::new());
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("pepper"), format!("{PEPPER}\n")).unwrap();
    let quoted = |database: &PostgresDatabase| format!("'{}'", database.url());
    let script = shell_lines("docs/coming-from-fastapi-clean-example.md", "Moving the accounts")
        .replace("postgres://postgres@127.0.0.1/web_app_db_pg", &quoted(&left))
        .replace("postgres://postgres@127.0.0.1/gatehouse", &quoted(&gatehouse))
        .replace(" gatehouse ", concat!(" ", env!("CARGO_BIN_EXE_gatehouse"), " "));

    let said = type_in(&script, directory.path());

    assert!(said.contains("{Alice,alice}") && said.ends_with("COPY 4\n"), "{said}");
    assert!(!directory.path().join("users.copy").exists());
    let server = Server::start_at(&gatehouse.url(), &[("APP_SECURITY__PASSWORD__PEPPER", PEPPER)]);
    let alice = server.logged_in("ALICE.2").await.me().await.expect(200);
    assert_eq!(alice["username"], "alice.2");
    assert_eq!(alice["id"], "01a206a7-ccb9-7a21-bff8-89cc1797422d");
    assert_eq!([&alice["created_at"], &alice["updated_at"]], original.times);
    let other = server.anonymous().log_in("alice", PASSWORD).await;
    other.problem(401, "invalid_credentials");
    let root = server.logged_in("root.admin").await;
    let list = root.get("/api/v1/users/?sorting_field=role").await.expect(200);
    let roles: Vec<_> = list["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| &user["role"])
        .collect();
    assert_eq!(roles, ["user", "user", "admin", "super_admin"]);
    root.change("reactivate", "alice").await.expect(200);
    for name in ["alice", "brian"] {
        let _ = server.logged_in(name).await;
    }
}
