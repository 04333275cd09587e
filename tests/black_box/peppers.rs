//! Peppers and the cost of hashes, while they change.

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{PASSWORD, Server, forger::SECRET, forger::start_with_known_secrets};

const PEPPER: &str = "APP_SECURITY__PASSWORD__PEPPER";
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
    for answer in join_all((0..20).map(|_| client.log_in("alice", PASSWORD))).await {
        answer.expect(200);
    }
}
