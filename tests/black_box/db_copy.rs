//! Moving the data from one database to another.

use rstest::rstest;
use test_database::{DatabaseKind, PostgresDatabase, apply, needs_postgres};

use crate::support::{PASSWORD, Program, Server};

#[apply(needs_postgres)]
#[tokio::test]
async fn the_service_moves_from_sqlite_to_postgresql_and_logs_nobody_out() {
    let postgres = PostgresDatabase::new();
    let target = postgres.url();
    let mut server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await.cookie().unwrap();
    let _ = server.super_admin("root.admin").await;
    server.user("brian").await;
    server.run(&["inactivate", "brian"]).succeeded();
    server.run(&["erase", "brian", "--yes"]).succeeded();
    server.stop();

    let before = server.run(&["audit"]).succeeded();
    let copy = ["db", "copy", "--from", "sqlite:data/gatehouse.db", "--to", &target];
    let said = server.run(&copy).succeeded();
    assert!(
        said.starts_with("copied from sqlite:data/gatehouse.db to postgres://"),
        "{said}"
    );
    assert!(
        said.contains(": users: 2, sessions: 2, audit events: 8, erased usernames: 1."),
        "{said}"
    );
    assert!(
        said.ends_with("What a running service has written since the copy began is not in it\n"),
        "{said}"
    );
    assert_eq!(
        server.run(&copy).refused(),
        "the target is not empty, a copy needs one that is; users in it: 2, sessions: 2, audit events: 8, \
         erased usernames: 1. To empty it, with all that is in it: `gatehouse migrate fresh`, with database.url naming \
         it\n"
    );
    server
        .command(&["migrate", "fresh", "--yes"])
        .env("APP_DATABASE__URL", &target)
        .assert()
        .success();
    server.run(&copy).succeeded();

    server.restart_with(&[("APP_DATABASE__URL", &target)]);
    assert_eq!(
        server.run(&["audit"]).succeeded(),
        before,
        "with sessions and names of operators"
    );
    let me = server.carrying(&alice).me().await.expect(200);
    assert_eq!(me["username"], "alice");
    let root = server.logged_in("root.admin").await;
    assert_eq!(root.find("").await.len(), 2);
    let taken = server.anonymous().sign_up("brian", PASSWORD).await;
    taken.problem(409, "username_already_exists");
}

#[rstest]
#[case::missing_file(
    "sqlite:missing.db",
    "sqlite:new.db",
    "--from: database sqlite:missing.db: there is no database file /"
)]
#[case::no_address(
    "data/gatehouse.db",
    "sqlite:new.db",
    "--from: allowed: `sqlite:` and the path of a file"
)]
#[case::misspelt(
    "sqlite:old.db",
    "postgres://u:hunter2@h/x?sslmod=require",
    "--to: unknown parameter \"sslmod\""
)]
#[case::same("sqlite:old.db", "sqlite:old.db", "--from and --to are the same database")]
#[case::pending("sqlite:old.db", "sqlite:new.db", "--from: migrations are pending")]
fn a_copy_that_cannot_succeed_is_refused_and_makes_nothing(
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: &str,
) {
    let program = Program::at("sqlite:old.db", &[]);
    program.run(&["migrate", "up"]).succeeded();
    program.run(&["migrate", "down", "--yes"]).succeeded();

    let refusal = program.run(&["db", "copy", "--from", from, "--to", to]).refused();

    assert!(refusal.starts_with(expected), "{refusal}");
    assert!(!refusal.contains("hunter2"), "{refusal}");
    assert!(!program.directory().join("new.db").exists());
}
