//! Three rolling restarts replace a secret while two nodes serve: the new one is appended everywhere, moved to the
//! front, and the old one removed. Nobody notices.

use std::path::Path;

use rstest::rstest;
use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

use crate::support::{
    Client, PASSWORD,
    forger::{COOKIE_SECRET, SECRETS, TOKEN_SECRET, start_with_known_secrets},
    write_rsa_keys,
};

const PEPPER: &str = "APP_SECURITY__PASSWORD__PEPPER";
const JWT_ALGORITHM: &str = "APP_SECURITY__AUTH__JWT_ALGORITHM";
const JWT_SECRET: &str = "APP_SECURITY__AUTH__JWT_SECRET";
const JWT_PRIVATE_KEY_FILE: &str = "APP_SECURITY__AUTH__JWT_PRIVATE_KEY_FILE";
const JWT_PUBLIC_KEY_FILE: &str = "APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE";
const COOKIE_KEY: &str = "APP_SECURITY__COOKIES__KEY";
const NEW: &str = "the secret that takes the place of the old one, and of 64 bytes, too";

/// With this, every request renews its session.
const ALWAYS_DUE: (&str, &str) = ("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0");

/// What is set before a replacement, and at each of its three steps.
type Steps = [Vec<(&'static str, String)>; 4];

/// The replacement of a secret in this variable.
fn of_secret(variable: &'static str) -> Steps {
    let (_, old) = SECRETS.into_iter().find(|(name, _)| *name == variable).unwrap();
    [&[old][..], &[old, NEW], &[NEW, old], &[NEW]].map(|secrets| vec![(variable, list(secrets))])
}

/// The replacement of the pair of keys that signs and verifies tokens, with files in this directory.
fn of_rsa_keys(directory: &Path) -> Steps {
    let [old, new] = ["old", "new"].map(|name| write_rsa_keys(directory, name));
    let step = |private_key: &str, public_keys: &[&str]| {
        vec![
            (JWT_ALGORITHM, "RS256".to_owned()),
            (JWT_PRIVATE_KEY_FILE, private_key.to_owned()),
            (JWT_PUBLIC_KEY_FILE, list(public_keys)),
        ]
    };
    [
        step(&old[0], &[&old[1]]),
        step(&old[0], &[&old[1], &new[1]]),
        step(&new[0], &[&new[1], &old[1]]),
        step(&new[0], &[&new[1]]),
    ]
}

fn list(values: &[&str]) -> String {
    serde_json::to_string(values).unwrap()
}

fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
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

/// After each restart of one of the two nodes, every cookie is good anywhere, and everybody signs up and logs in
/// anywhere. Of the keys that make cookies, the removal waits until the cookies of the old one have expired: those are
/// left out then.
#[apply(needs_postgres)]
#[rstest]
#[case::pepper(|_: &Path| of_secret(PEPPER), false)]
#[case::jwt_secret(|_: &Path| of_secret(JWT_SECRET), true)]
#[case::rsa_keys(of_rsa_keys, true)]
#[case::cookie_key(|_: &Path| of_secret(COOKIE_KEY), true)]
#[tokio::test]
async fn a_secret_is_replaced_while_two_nodes_serve_and_nobody_notices(
    #[case] replacement: fn(&Path) -> Steps,
    #[case] makes_cookies: bool,
) {
    let directory = tempfile::tempdir().unwrap();
    let [before, steps @ ..] = replacement(directory.path());
    let one = start_with_known_secrets(DatabaseKind::Postgres, &borrowed(&before));
    let other = one.another_node();
    let mut names = vec!["user0".to_owned()];
    let mut visitors = vec![Visitor::of(&one.user("user0").await, true)];
    let mut nodes = [one, other];

    for (step, variables) in steps.iter().enumerate() {
        if step == 2 && makes_cookies {
            visitors.retain(|visitor| !visitor.is_old);
        }
        for restarted in [0, 1] {
            nodes[restarted].stop();
            nodes[restarted].restart_with(&borrowed(variables));
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
#[case::jwt_secret(|_: &Path| of_secret(JWT_SECRET))]
#[case::rsa_keys(of_rsa_keys)]
#[case::cookie_key(|_: &Path| of_secret(COOKIE_KEY))]
#[tokio::test]
async fn a_renewal_hands_out_a_cookie_that_no_longer_needs_the_old_key(
    database: DatabaseKind,
    #[case] replacement: fn(&Path) -> Steps,
) {
    let directory = tempfile::tempdir().unwrap();
    let [before, _, second, third] = replacement(directory.path());
    let mut server = start_with_known_secrets(database, &[&[ALWAYS_DUE], &borrowed(&before)[..]].concat());
    let alice = server.user("alice").await;
    let old = alice.cookie().unwrap();

    server.stop();
    server.restart_with(&borrowed(&second));
    server.carrying(&old).me().await.expect(200);
    alice.at(&server).me().await.expect(200);

    server.stop();
    server.restart_with(&borrowed(&third));
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
    let keys = list(&[NEW, COOKIE_SECRET]);
    let jwt_secrets = list(&[&NEW.to_uppercase(), TOKEN_SECRET]);
    server.stop();
    server.restart_with(&[(COOKIE_KEY, &keys), (JWT_SECRET, &jwt_secrets)]);

    let alice = server.carrying(&format!("theme=dark; other=%FF;{cookie} ; last=\"1\""));
    let me = alice.me().await;
    me.expect(200);
    assert!(me.cookies().is_empty(), "{me:?}");
    let ended = alice.log_out().await;
    assert_eq!(ended.status, 204);
    ended.assert_clears_the_cookie();
    alice.me().await.problem(401, "not_authenticated");
}
