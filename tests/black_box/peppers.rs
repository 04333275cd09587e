//! Peppers and the cost of hashes, while they change.

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{
    Outcome, PASSWORD, Server,
    forger::{SECRET, start_with_known_secrets},
};

const PEPPER: &str = "APP_SECURITY__PASSWORD__PEPPER";
const LOST: &str = "APP_SECURITY__PASSWORD__LOST_PEPPERS";
const COST: &str = "APP_SECURITY__PASSWORD__BCRYPT_COST";
const NEW: &str = "the pepper that takes the place of the old one";

/// What is stored of Alice's password.
async fn stored_hash(server: &Server) -> String {
    let database = server.open_database().await;
    let query = "SELECT password_hash FROM users WHERE username_key = 'alice'";
    let query = Statement::from_string(database.get_database_backend(), query);
    let row = database.query_one_raw(query).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// The pepper that a stored hash names, and its cost.
fn parts(hash: &str) -> (&str, &str) {
    (&hash[..16], &hash[20..22])
}

fn list(peppers: &[&str]) -> String {
    serde_json::to_string(peppers).unwrap()
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_log_in_renews_the_hash_once_cost_or_first_pepper_has_changed_and_nothing_else(database: DatabaseKind) {
    let mut server = start_with_known_secrets(database, &[]);
    let alice = server.user("alice").await;
    let before = alice.me().await.expect(200);
    let original = stored_hash(&server).await;

    let mut last = original.clone();
    for (variable, value) in [
        (COST, "6".to_owned()),
        (PEPPER, list(&[NEW, SECRET])),
        (COST, "5".to_owned()),
    ] {
        server.stop();
        server.restart_with(&[(variable, &value)]);
        let refusal = server.anonymous().log_in("alice", "wrong horse").await;
        refusal.problem(401, "invalid_credentials");
        alice.at(&server).me().await.expect(200);
        assert_eq!(stored_hash(&server).await, last);

        server.logged_in("alice").await;
        let renewed = stored_hash(&server).await;
        let (old, new) = (parts(&last), parts(&renewed));
        assert_eq!((old.0 != new.0, old.1 != new.1), (variable == PEPPER, variable == COST));
        server.logged_in("alice").await;
        assert_eq!(stored_hash(&server).await, renewed);
        last = renewed;
    }

    assert_eq!(parts(&last).1, "05");
    let now = alice.at(&server).me().await.expect(200);
    assert_eq!(now["updated_at"], before["updated_at"]);
}

#[apply(on_every_database)]
#[tokio::test]
async fn of_many_log_ins_at_once_that_renew_the_hash_all_succeed(database: DatabaseKind) {
    let mut server = start_with_known_secrets(database, &[]);
    server.user("alice").await;
    server.stop();
    server.restart_with(&[(PEPPER, &list(&[NEW, SECRET]))]);

    let client = server.anonymous();
    // As many as may be in flight at one account from one address.
    for answer in join_all((0..10).map(|_| client.log_in("alice", PASSWORD))).await {
        answer.expect(200);
    }
}

/// How a start ends that is refused for its peppers.
fn refusal(server: &Server, arguments: &[&str], peppers: &str) -> String {
    let mut command = server.command(arguments);
    let output = command.env(PEPPER, peppers).write_stdin(PASSWORD).output();
    Outcome::from(output.unwrap()).refused()
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_pepper_that_users_still_need_is_missed_at_the_start_which_tells_the_way_out(database: DatabaseKind) {
    let mut server = start_with_known_secrets(database, &[]);
    for username in ["alice", "bobby"] {
        server.user(username).await;
    }
    let original = stored_hash(&server).await;
    let (old, _) = parts(&original);

    let missing = |users: &str| {
        format!(
            "security.password.pepper lacks one with which passwords were hashed: that of the id {old}, needed by {users}. "
        )
    };
    for arguments in [
        &["serve"][..],
        &["create-super-admin", "root.admin", "--password-stdin"],
        &["set-password", "alice", "--password-stdin"],
    ] {
        let refusal = refusal(&server, arguments, NEW);
        assert!(refusal.starts_with(&missing("2 users")), "{refusal}");
        for way_out in [
            "Put it back",
            "security.password.lost_peppers",
            "gatehouse set-password",
        ] {
            assert!(refusal.contains(way_out), "{refusal}");
        }
    }
    server.logged_in("alice").await;

    // It is put back, and Alice moves on to the new one.
    server.stop();
    server.restart_with(&[(PEPPER, &list(&[NEW, SECRET]))]);
    let note = |users: &str| format!("number 2 of security.password.pepper, of the id {old}, is needed by {users}\n");
    assert!(server.log().contains(&note("2 users")), "{}", server.log());
    server.logged_in("alice").await;
    assert!(refusal(&server, &["serve"], NEW).starts_with(&missing("1 user")));

    // It is lost, which Bobby has to suffer from until he is given another password.
    server.stop();
    server.restart_with(&[(PEPPER, NEW), (LOST, &list(&[old]))]);
    assert!(server.log().contains("shuts out 1 user"), "{}", server.log());
    server.logged_in("alice").await;
    let shut_out = server.anonymous().log_in("bobby", PASSWORD).await;
    shut_out.problem(401, "invalid_credentials");
    let helped = server.run_with_password(&["set-password", "bobby"], PASSWORD);
    assert_eq!(helped.code, Some(0), "{helped:?}");
    server.logged_in("bobby").await;

    server.stop();
    server.restart_with(&[(PEPPER, &list(&[NEW, SECRET])), (LOST, "[]")]);
    assert!(server.log().contains(&note("no user")), "{}", server.log());
    server.stop();
    server.restart_with(&[(PEPPER, NEW)]);
}
