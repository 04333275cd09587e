//! The operator's commands: they work beside a running server, and its very next request feels them.

use rstest::rstest;
use serde_json::Value;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{PASSWORD, Program, Server, forger::SECRETS};

const ANOTHER_PASSWORD: &str = "staple battery correct";

#[apply(on_every_database)]
#[tokio::test]
async fn a_created_super_admin_can_log_in_at_once(database: DatabaseKind) {
    let server = Server::start(database);

    let said = server
        .run_with_password(&["create-super-admin", "Root.Admin"], PASSWORD)
        .succeeded();

    let user = server.anonymous().log_in("root.admin", PASSWORD).await.expect(200);
    assert_eq!(user["role"], "super_admin");
    assert_eq!(said, format!("Root.Admin ({}) was created as super admin\n", id(&user)));
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_promoted_user_is_described_and_has_to_log_in_again_as_super_admin(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;

    let said = server.run(&["promote", "ALICE"]).succeeded();

    alice.me().await.problem(401, "not_authenticated");
    let user = alice.log_in("alice", PASSWORD).await.expect(200);
    assert_eq!(user["role"], "super_admin");
    let (described, done) = said.split_once('\n').unwrap();
    assert!(described.starts_with(&format!("alice ({}), user, created ", id(&user))));
    assert!(described.ends_with(" ago"), "{described}");
    assert_eq!(
        done,
        format!("alice ({}) is super admin now; 1 session ended\n", id(&user))
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_demoted_super_admin_is_a_plain_user_and_has_to_log_in_again(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.super_admin("alice").await;
    let _other = server.super_admin("root.admin").await;

    server.run(&["demote", "alice"]).succeeded();

    alice.me().await.problem(401, "not_authenticated");
    assert_eq!(alice.log_in("alice", PASSWORD).await.expect(200)["role"], "user");
}

#[apply(on_every_database)]
#[tokio::test]
async fn an_inactivated_account_is_out_until_it_is_reactivated(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;

    server.run(&["inactivate", "alice"]).succeeded();
    alice.me().await.problem(401, "not_authenticated");
    alice
        .log_in("alice", PASSWORD)
        .await
        .problem(401, "invalid_credentials");

    server.run(&["reactivate", "alice"]).succeeded();
    alice.log_in("alice", PASSWORD).await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_new_password_replaces_the_old_one_and_ends_every_session(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;

    server
        .run_with_password(&["set-password", "alice"], ANOTHER_PASSWORD)
        .succeeded();

    alice.me().await.problem(401, "not_authenticated");
    alice
        .log_in("alice", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    alice.log_in("alice", ANOTHER_PASSWORD).await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn revoked_sessions_end_everywhere_and_the_user_may_log_in_again(database: DatabaseKind) {
    let server = Server::start(database);
    let clients = [server.user("alice").await, server.logged_in("alice").await];

    let said = server.run(&["revoke-sessions", "alice"]).succeeded();

    assert_eq!(said, "alice is logged out everywhere: 2 sessions ended\n");
    for alice in clients {
        alice.me().await.problem(401, "not_authenticated");
        alice.log_in("alice", PASSWORD).await.expect(200);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn repeating_a_command_says_so_and_ends_no_session(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.super_admin("alice").await;

    for (command, state) in [
        ("promote", "is super admin already"),
        ("reactivate", "is active already"),
    ] {
        let said = server.run(&[command, "alice"]).succeeded();
        assert!(said.contains(state), "{said}");
    }

    alice.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_last_active_super_admin_stays(database: DatabaseKind) {
    let server = Server::start(database);
    let last = server.super_admin("last.admin").await;
    server.super_admin("inactive.admin").await;
    server.run(&["inactivate", "inactive.admin"]).succeeded();

    for command in ["demote", "inactivate"] {
        let complaint = server.run(&[command, "last.admin"]).refused();
        assert_eq!(
            complaint,
            "This is the last active super admin. Make another one first.\n"
        );
    }

    assert_eq!(last.me().await.expect(200)["role"], "super_admin");
}

#[apply(on_every_database)]
#[rstest]
#[case::unknown_user(&["promote", "nobody"], "There is no such user.")]
#[case::unknown_user(&["demote", "nobody"], "There is no such user.")]
#[case::unknown_user(&["inactivate", "nobody"], "There is no such user.")]
#[case::unknown_user(&["reactivate", "nobody"], "There is no such user.")]
#[case::unknown_user(&["revoke-sessions", "nobody"], "There is no such user.")]
#[case::no_username(&["demote", "no"], "A username must have 5 to 20 characters.")]
#[case::inactive_account(&["promote", "inactive.admin"], "The account is inactive. Reactivate it first.")]
fn what_cannot_be_done_is_refused(database: DatabaseKind, #[case] arguments: &[&str], #[case] complaint: &str) {
    let program = with_accounts(database);
    assert_eq!(program.run(arguments).refused(), format!("{complaint}\n"));
}

#[apply(on_every_database)]
#[rstest]
#[case::unknown_user(&["set-password", "nobody"], PASSWORD, "There is no such user.")]
#[case::no_username(&["create-super-admin", "white space"], PASSWORD, "A username may contain only letters A-Z and a-z, digits, '.', '_' and '-'.")]
#[case::taken_name(&["create-super-admin", "ROOT.admin"], PASSWORD, "This username is taken. Choose another one.")]
#[case::weak_password(&["create-super-admin", "new.admin"], "1234567", "A password must have 8 to 256 characters.")]
#[case::weak_password(&["set-password", "root.admin"], "1234567", "A password must have 8 to 256 characters.")]
#[case::common_password(&["create-super-admin", "new.admin"], "password", "A password must not be one of the most common ones.")]
#[case::common_password(&["set-password", "root.admin"], "password", "A password must not be one of the most common ones.")]
#[case::password_with_username(&["create-super-admin", "new.admin"], "the new.admin", "A password must not contain the username.")]
#[case::password_with_username(&["set-password", "root.admin"], "the ROOT.admin", "A password must not contain the username.")]
#[case::no_password(&["create-super-admin", "new.admin"], "", "there is no password on standard input")]
#[case::no_password(&["set-password", "root.admin"], "\n", "there is no password on standard input")]
fn what_cannot_be_done_with_a_password_is_refused(
    database: DatabaseKind,
    #[case] arguments: &[&str],
    #[case] password: &str,
    #[case] complaint: &str,
) {
    let program = with_accounts(database);
    let refused = program.run_with_password(arguments, password).refused();
    assert_eq!(refused, format!("{complaint}\n"));
}

#[rstest]
#[case::unknown_command(&["create-admin", "alice"])]
#[case::unknown_option(&["promote", "alice", "--force"])]
#[case::no_username(&["promote"])]
#[case::two_usernames(&["promote", "alice", "bobby"])]
#[case::password_as_argument(&["create-super-admin", "alice", PASSWORD])]
#[case::password_as_option(&["set-password", "alice", "--password", PASSWORD])]
fn arguments_that_are_not_understood_are_a_misuse(#[case] arguments: &[&str]) {
    let explanation = Program::new(DatabaseKind::Sqlite).run(arguments).misused();
    assert!(explanation.contains("try '--help'"), "{explanation}");
}

/// `setsid` takes the terminal away from which the tests may have been started.
#[cfg(target_os = "linux")]
#[rstest]
fn without_a_terminal_a_password_has_to_be_piped_in(#[values("create-super-admin", "set-password")] command: &str) {
    let program = with_accounts(DatabaseKind::Sqlite);
    let complaint = program.run_through("setsid", &[command, "root.admin"]).refused();
    assert!(
        complaint.starts_with("cannot ask for the password without a terminal: pass --password-stdin and pipe it in"),
        "{complaint}"
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_operator_may_come_before_the_first_start_if_there_are_tables_and_secrets(database: DatabaseKind) {
    let mut program = Program::unmigrated(database, &[]);
    let create = ["create-super-admin", "root.admin"];
    let is_refused = |program: &Program| program.run_with_password(&create, PASSWORD).refused();
    let missing = match database {
        DatabaseKind::Sqlite => "there is no database file",
        DatabaseKind::Postgres => "migrations are pending",
    };
    let refusal = is_refused(&program);
    assert!(refusal.contains(missing), "{refusal}");

    program.run(&["migrate", "up"]).succeeded();
    let refusal = is_refused(&program);
    assert!(refusal.contains("there is no .secrets.toml"), "{refusal}");
    assert!(!program.directory().join(".secrets.toml").exists());

    for (name, value) in SECRETS {
        program.set(name, value);
    }
    program.run_with_password(&create, PASSWORD).succeeded();
    Server::of(program).logged_in("root.admin").await;
}

#[tokio::test]
async fn the_printed_document_is_the_one_that_is_served() {
    let server = Server::start(DatabaseKind::Sqlite);
    let printed: Value = serde_json::from_str(&server.run(&["openapi"]).succeeded()).unwrap();
    assert_eq!(printed, server.anonymous().get("/api/openapi.json").await.expect(200));
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let program = with_accounts(DatabaseKind::Sqlite);
    let outcome = program.run_unread(&["openapi"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
}

#[rstest]
#[case::nobody_listens("postgres://gatehouse:hunter2@127.0.0.1:1/users", "refused")]
#[case::no_such_host("postgres://gatehouse:hunter2@nobody.invalid/users", "address")]
fn a_database_out_of_reach_is_named_with_the_reason_and_without_its_password(#[case] url: &str, #[case] reason: &str) {
    let program = Program::at(url, &[]);

    let complaint = program.run(&["migrate", "status"]).refused();

    let shown = url.replace("hunter2", "***");
    let host = shown.trim_end_matches("/users");
    assert!(complaint.starts_with(&format!("database {host}")), "{complaint}");
    assert!(complaint.contains("cannot open the database: "), "{complaint}");
    assert!(complaint.contains(reason), "{complaint}");
}

/// An active super admin, `root.admin`, and an inactive one, `inactive.admin`.
fn with_accounts(database: DatabaseKind) -> Program {
    let program = Program::with(database, &SECRETS);
    program.run(&["migrate", "up"]).succeeded();
    for username in ["root.admin", "inactive.admin"] {
        let created = program.run_with_password(&["create-super-admin", username], PASSWORD);
        assert_eq!(created.code, Some(0), "{created:?}");
    }
    program.run(&["inactivate", "inactive.admin"]).succeeded();
    program
}

fn id(user: &Value) -> &str {
    user["id"].as_str().unwrap()
}
