//! Three rolling restarts replace a secret while two nodes serve: the new one is appended everywhere, moved to the front, and
//! the old one removed. Nobody notices.

use rstest::rstest;
use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

use crate::support::{
    Client, PASSWORD,
    forger::{SECRET, start_with_known_secrets},
};

const PEPPER: &str = "APP_SECURITY__PASSWORD__PEPPER";
const JWT_SECRET: &str = "APP_SECURITY__AUTH__JWT_SECRET";
const COOKIE_KEY: &str = "APP_SECURITY__COOKIES__KEY";
const NEW: &str = "the secret that takes the place of the old one, and of 64 bytes, too";

/// With this, every request renews its session.
const ALWAYS_DUE: (&str, &str) = ("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0");

/// What a secret is set to at each of the three steps.
fn steps() -> [String; 3] {
    [&[SECRET, NEW][..], &[NEW, SECRET], &[NEW]].map(|secrets| serde_json::to_string(secrets).unwrap())
}

/// Somebody with a cookie that is never replaced by a younger one.
struct Visitor {
    cookie: String,
    /// Whether it is from before both nodes had the new secret in front.
    is_old: bool,
}

impl Visitor {
    fn of(client: &Client, is_old: bool) -> Self {
        let cookie = client.cookie().unwrap();
        Self { cookie, is_old }
    }
}

/// After each restart of one of the two nodes, every cookie is good anywhere, and everybody signs up and logs in anywhere. Of
/// the keys that make cookies, the removal waits until the cookies of the old one have expired: those are left out then.
#[apply(needs_postgres)]
#[rstest]
#[case::pepper(PEPPER, false)]
#[case::jwt_secret(JWT_SECRET, true)]
#[case::cookie_key(COOKIE_KEY, true)]
#[tokio::test]
async fn a_secret_is_replaced_while_two_nodes_serve_and_nobody_notices(
    #[case] variable: &str,
    #[case] makes_cookies: bool,
) {
    let one = start_with_known_secrets(DatabaseKind::Postgres, &[]);
    let other = one.another_node();
    let mut names = vec!["user0".to_owned()];
    let mut visitors = vec![Visitor::of(&one.user("user0").await, true)];
    let mut nodes = [one, other];

    for (step, secrets) in (0..).zip(steps()) {
        if step == 2 && makes_cookies {
            visitors.retain(|visitor| !visitor.is_old);
        }
        for restarted in [0, 1] {
            nodes[restarted].stop();
            nodes[restarted].restart_with(&[(variable, &secrets)]);
            for node in &nodes {
                let name = format!("user{}", names.len());
                node.anonymous().sign_up(&name, PASSWORD).await.expect(201);
                names.push(name);
            }
            for node in &nodes {
                for name in &names {
                    visitors.push(Visitor::of(&node.logged_in(name).await, (step, restarted) < (1, 1)));
                }
            }
            for node in &nodes {
                for visitor in &visitors {
                    node.carrying(&visitor.cookie).me().await.expect(200);
                }
            }
        }
    }
}

/// So a session that is used outlives the old key, and one that is not has expired by the time that key is removed.
#[apply(on_every_database)]
#[rstest]
#[case::jwt_secret(JWT_SECRET)]
#[case::cookie_key(COOKIE_KEY)]
#[tokio::test]
async fn a_renewal_hands_out_a_cookie_that_no_longer_needs_the_old_key(database: DatabaseKind, #[case] variable: &str) {
    let mut server = start_with_known_secrets(database, &[ALWAYS_DUE]);
    let alice = server.user("alice").await;
    let old = alice.cookie().unwrap();
    let [_, second, third] = steps();

    server.stop();
    server.restart_with(&[(variable, &second)]);
    server.carrying(&old).me().await.expect(200);
    alice.at(&server).me().await.expect(200);

    server.stop();
    server.restart_with(&[(variable, &third)]);
    alice.at(&server).me().await.expect(200);
    let dead = server.carrying(&old).me().await;
    dead.problem(401, "not_authenticated");
    dead.assert_clears_the_cookie();
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_whose_cookie_is_under_a_former_key_can_be_used_and_ended_as_any_other(database: DatabaseKind) {
    let mut server = start_with_known_secrets(database, &[]);
    let cookie = server.user("alice").await.cookie().unwrap();
    let [_, second, _] = steps();
    server.stop();
    server.restart_with(&[(COOKIE_KEY, &second), (JWT_SECRET, &second)]);

    let alice = server.carrying(&format!("theme=dark; other=%FF;{cookie} ; last=\"1\""));
    let me = alice.me().await;
    me.expect(200);
    assert!(me.cookies().is_empty(), "{me:?}");
    let ended = alice.log_out().await;
    assert_eq!(ended.status, 204);
    ended.assert_clears_the_cookie();
    alice.me().await.problem(401, "not_authenticated");
}
