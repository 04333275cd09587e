//! Bringing the schema of the database forth and back.

use std::{process::Stdio, thread, time::Duration};

use rstest::rstest;
use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

use crate::support::{PASSWORD, Program, Server, forger::SECRETS};

const NEVER_ON_START: (&str, &str) = ("APP_DATABASE__MIGRATE_ON_START", "false");
const MIGRATIONS: &[&str] = &[
    "m20261122_000001_create_users",
    "m20261122_000002_create_auth_sessions",
    "m20261123_000001_index_users",
    "m20261123_000002_add_session_details",
    "m20261123_000003_index_sessions_expiry",
    "m20261123_000004_index_pepper_ids",
    "m20261127_000001_create_throttle_buckets",
    "m20261127_000002_create_audit_events",
    "m20261127_000003_index_filtered_users",
    "m20261128_000001_add_credentials_generation",
    "m20261128_000002_index_hash_costs",
    "m20261128_000003_add_audit_actor_details",
    "m20261129_000001_create_one_time_links",
    "m20261129_000002_create_erased_usernames",
    "m20261129_000003_add_user_last_seen_at",
    "m20261129_000004_leave_room_for_updates",
];

#[apply(on_every_database)]
#[test]
fn what_is_pending_is_applied_and_what_is_applied_is_undone(database: DatabaseKind) {
    let program = Program::unmigrated(database, &[]);
    let said = |state: &str, names: &[&str]| {
        names
            .iter()
            .map(|name| format!("{state}  {name}\n"))
            .collect::<String>()
    };

    let created = match database {
        DatabaseKind::Sqlite => {
            let file = program.directory().join("data/gatehouse.db");
            format!("created  {}\n", file.display())
        }
        DatabaseKind::Postgres => String::new(),
    };
    assert_eq!(
        program.run(&["migrate", "up"]).succeeded(),
        created + &said("applied", MIGRATIONS)
    );
    assert_eq!(
        program.run(&["migrate", "status"]).succeeded(),
        said("applied", MIGRATIONS)
    );
    assert_eq!(
        program.run(&["migrate", "up"]).succeeded(),
        "there is nothing to apply\n"
    );

    let (last, others) = MIGRATIONS.split_last().unwrap();
    assert_eq!(
        program.run(&["migrate", "down", "--yes"]).succeeded(),
        said("undone", &[last])
    );
    assert_eq!(
        program.run(&["migrate", "status"]).succeeded(),
        said("applied", others) + &said("pending", &[last])
    );
    program.run(&["migrate", "up"]).succeeded();
    let steps = MIGRATIONS.len().to_string();
    let all = program
        .run(&["migrate", "down", "--steps", &steps, "--yes"])
        .succeeded();
    let backwards = Vec::from_iter(MIGRATIONS.iter().rev().copied());
    assert_eq!(all, said("undone", &backwards));
    assert_eq!(
        program.run(&["migrate", "down", "--yes"]).succeeded(),
        "there is nothing to undo\n"
    );
}

#[rstest]
#[case::migrate_status(&["migrate", "status"])]
#[case::migrate_down(&["migrate", "down", "--yes"])]
#[case::migrate_fresh(&["migrate", "fresh", "--yes"])]
#[case::create_super_admin(&["create-super-admin", "root.admin", "--password-stdin"])]
#[case::promote(&["promote", "alice"])]
#[case::demote(&["demote", "alice"])]
#[case::inactivate(&["inactivate", "alice"])]
#[case::reactivate(&["reactivate", "alice"])]
#[case::set_password(&["set-password", "alice", "--password-stdin"])]
#[case::revoke_sessions(&["revoke-sessions", "alice"])]
#[case::audit(&["audit"])]
#[case::serve(&["serve", "--no-migrate"])]
fn what_needs_a_database_in_the_wrong_directory_says_so_and_makes_nothing(#[case] arguments: &[&str]) {
    let program = Program::with(DatabaseKind::Sqlite, &SECRETS);
    let complaint = program.run(arguments).refused();
    let file = program.directory().join("data/gatehouse.db");
    let missed = format!(
        "there is no database file {}: is this the right directory?",
        file.display()
    );
    assert!(complaint.contains(&missed), "{complaint}");
    assert_eq!(program.directory().read_dir().unwrap().count(), 0);
}

#[apply(on_every_database)]
#[test]
fn a_migration_that_is_killed_is_applied_by_the_next_start(database: DatabaseKind) {
    for microseconds in (0..40).map(|round| round * 1_000) {
        let program = Program::unmigrated(database, &[]);
        let mut process = program.process();
        process
            .args(["migrate", "up"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut migration = process.spawn().unwrap();
        thread::sleep(Duration::from_micros(microseconds));
        migration.kill().unwrap();
        migration.wait().unwrap();
        program.run(&["migrate", "up"]).succeeded();
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_fresh_database_has_every_table_and_no_account(database: DatabaseKind) {
    let mut server = Server::start(database);
    assert_eq!(
        accounts(&server).await,
        0,
        "a server that was started for the first time"
    );
    server.user("alice").await;
    server.stop();

    server.run(&["migrate", "fresh", "--yes"]).succeeded();

    server.restart();
    assert_eq!(accounts(&server).await, 0);
    server
        .anonymous()
        .log_in("alice", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    server.user("alice").await;
}

#[apply(on_every_database)]
#[rstest]
#[case::down(&["migrate", "down"])]
#[case::fresh(&["migrate", "fresh"])]
#[tokio::test]
async fn nothing_is_destroyed_where_nobody_can_be_asked(database: DatabaseKind, #[case] arguments: &[&str]) {
    let server = Server::start(database);
    let alice = server.user("alice").await;

    let complaint = server.run(arguments).refused();

    assert!(complaint.contains(server.database_name()), "{complaint}");
    assert!(
        complaint.ends_with("Nothing was done: pass --yes to do it without being asked\n"),
        "{complaint}"
    );
    alice.me().await.expect(200);
}

#[apply(on_every_database)]
#[rstest]
#[case::by_configuration(&["serve"], &[NEVER_ON_START])]
#[case::by_argument(&["serve", "--no-migrate"], &[])]
fn a_start_that_may_not_migrate_is_refused_while_migrations_are_pending(
    database: DatabaseKind,
    #[case] start: &[&str],
    #[case] variables: &[(&str, &str)],
) {
    let program = Program::unmigrated(database, &[&SECRETS[..], variables].concat());
    program.run(&["migrate", "up"]).succeeded();
    let steps = MIGRATIONS.len().to_string();
    program
        .run(&["migrate", "down", "--steps", &steps, "--yes"])
        .succeeded();

    for arguments in [start, &["promote", "alice"]] {
        assert_eq!(
            program.run(arguments).refused(),
            format!(
                "migrations are pending: {}. Apply them first: `gatehouse migrate up`, with database.url naming this \
                 database\n",
                MIGRATIONS.join(", ")
            )
        );
    }

    program.run(&["migrate", "up"]).succeeded();
    Server::of_command(program, start);
}

#[apply(on_every_database)]
#[rstest]
#[case::start(&["serve"])]
#[case::start_that_may_not_migrate(&["serve", "--no-migrate"])]
#[case::migrate_up(&["migrate", "up"])]
#[case::promote(&["promote", "alice"])]
#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_by_the_names_of_its_migrations(
    database: DatabaseKind,
    #[case] arguments: &[&str],
) {
    let program = Program::with(database, &SECRETS);
    program.run(&["migrate", "up"]).succeeded();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_first', 0), ('m9999_second', 0)";
    program.open_database().await.execute_unprepared(newer).await.unwrap();

    assert_eq!(
        program.run(arguments).refused(),
        "the database has migrations that this program does not know: m9999_first, m9999_second; \
         run a version of Gatehouse that knows them\n"
    );
}

#[apply(needs_postgres)]
#[tokio::test]
async fn of_many_nodes_that_start_at_once_one_migrates_and_all_serve() {
    let program = Program::unmigrated(DatabaseKind::Postgres, &SECRETS);
    let servers = thread::scope(|scope| {
        let starts = Vec::from_iter((0..6).map(|_| scope.spawn(|| Server::of(program.on_another_node()))));
        Vec::from_iter(starts.into_iter().map(|start| start.join().unwrap()))
    });

    let logs = servers.iter().map(Server::log).collect::<String>();
    for name in MIGRATIONS {
        let applied = format!("migration {name} was applied");
        assert_eq!(logs.matches(&applied).count(), 1, "{logs}");
    }
    for server in &servers {
        server.anonymous().get("/health/ready").await.expect(200);
    }
}

/// How many accounts there are, whatever their names.
async fn accounts(server: &Server) -> i64 {
    let connection = server.open_database().await;
    let statement = Statement::from_string(
        connection.get_database_backend(),
        "SELECT count(*) AS number FROM users",
    );
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get("", "number").unwrap()
}
