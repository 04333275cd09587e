//! The runbooks do what they promise, typed in as they stand.

use std::{fs, time::Instant};

use serde_json::{Value, json};
use test_database::DatabaseKind;

use crate::support::{PASSWORD, PATIENCE, Server, shell_lines, type_in};

/// What the commands print, if they are typed in on the machine of the server.
fn said(server: &Server, script: &str) -> String {
    let program = env!("CARGO_BIN_EXE_gatehouse");
    let operator = format!("gatehouse-operator() {{ {program} \"$@\"; }}\nset -o pipefail");
    type_in(&format!("{operator}\n{script}"), server.directory())
}

#[tokio::test]
#[ignore = "needs bash"]
async fn a_stolen_session_is_ended_and_its_events_are_found() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    let thief = server.carrying(&alice.cookie().unwrap());
    let id = thief.get("/api/v1/account/sessions").await.expect(200)["sessions"][0]["id"].clone();
    thief.me().await.expect(200);

    said(
        &server,
        &shell_lines("docs/operate/stolen-session.md", "End the sessions"),
    );
    thief.me().await.problem(401, "not_authenticated");

    let listed = said(
        &server,
        &shell_lines("docs/operate/stolen-session.md", "See what was done in it"),
    );
    assert!(
        listed.contains(&format!("{} 127.0.0.1", id.as_str().unwrap())),
        "{listed}"
    );
}

/// The status after the link that was printed last is redeemed.
async fn redeem(server: &Server, said: &str, password: &str) -> u16 {
    let link = said.lines().rfind(|line| line.contains("/console/welcome#")).unwrap();
    let (_, token) = link.trim_end().split_once('#').unwrap();
    redeem_token(server, token, password).await
}

/// The token in the `url` of a link.
fn token(link: &Value) -> &str {
    link["url"].as_str().unwrap().split_once('#').unwrap().1
}

async fn redeem_token(server: &Server, token: &str, password: &str) -> u16 {
    let body = json!({"token": token, "password": password});
    let answer = server.anonymous().post("/api/v1/account/link/redeem", &body).await;
    answer.status.as_u16()
}

#[tokio::test]
#[ignore = "needs bash and openssl"]
async fn a_person_joins_forgets_the_password_and_leaves() {
    let server = Server::start(DatabaseKind::Sqlite);
    let first = said(
        &server,
        &shell_lines("docs/operate/somebody-joins.md", "Invite the person"),
    );
    let again = said(
        &server,
        &shell_lines(
            "docs/operate/somebody-joins.md",
            "If the link has expired, or somebody else used it",
        ),
    );
    assert_eq!(redeem(&server, &first, PASSWORD).await, 404, "it was replaced");
    assert!(again.contains(" issue_link "), "{again}");

    let alice = server.user("alice").await;
    said(
        &server,
        &shell_lines(
            "docs/operate/password-forgotten.md",
            "If somebody else may know the password",
        ),
    );
    alice.me().await.problem(401, "not_authenticated");
    let refusal = server.anonymous().log_in("alice", PASSWORD).await;
    refusal.problem(401, "invalid_credentials");
    let link = said(
        &server,
        &shell_lines("docs/operate/password-forgotten.md", "Issue a link"),
    );
    assert_eq!(redeem(&server, &link, "another horse battery").await, 204);
    let alice = server.anonymous();
    alice.log_in("alice", "another horse battery").await.expect(200);

    said(
        &server,
        &shell_lines("docs/operate/somebody-leaves.md", "Inactivate the account"),
    );
    alice.me().await.problem(401, "not_authenticated");
}

#[tokio::test]
#[ignore = "needs bash and openssl"]
async fn what_an_intruder_did_as_an_admin_is_undone() {
    let server = Server::start(DatabaseKind::Sqlite);
    let (root, alice) = (server.super_admin("root.admin").await, server.user("alice").await);
    let mallory = server.admin("mallory").await;
    mallory.create("backdoor", "user").await;
    let set = mallory.change_password("alice", "known to mallory", None).await;
    assert_eq!(set.status, 204);
    let backdoor = server.logged_in("backdoor").await;
    alice.log_in("alice", "known to mallory").await.expect(200);
    let invited = mallory
        .post("/api/v1/users/", &json!({"username": "invited.one"}))
        .await
        .expect(201);
    let link_of = async |name: &str| {
        let id = root.create(name, "user").await["id"].clone();
        let path = format!("/api/v1/users/{}/link", id.as_str().unwrap());
        mallory.post(&path, &json!({})).await.expect(201)
    };
    let used = link_of("grace").await;
    assert_eq!(redeem_token(&server, token(&used), "known to mallory").await, 204);
    let grace = server.anonymous();
    grace.log_in("grace", "known to mallory").await.expect(200);
    let unused = link_of("brian").await;
    // An erased user has no name in the list, which must not stop the loops.
    let erased = mallory.create("erased.one", "user").await["id"].clone();
    server.run(&["inactivate", "erased.one"]).succeeded();
    let path = format!("/api/v1/users/{}", erased.as_str().unwrap());
    assert_eq!(mallory.delete(&path).await.status, 204);

    said(&server, &shell_lines("docs/operate/admin-taken-over.md", "Stop them"));
    mallory.me().await.problem(401, "not_authenticated");

    let seen = said(
        &server,
        &shell_lines("docs/operate/admin-taken-over.md", "See what they did"),
    );
    for action in [
        " create_user backdoor ",
        " change_password alice ",
        " invite_user invited.one ",
        " issue_link grace ",
        " erase_user ",
    ] {
        assert!(seen.contains(action), "{seen}");
    }
    said(&server, &shell_lines("docs/operate/admin-taken-over.md", "Undo it"));
    backdoor.me().await.problem(401, "not_authenticated");
    for (name, session) in [("alice", &alice), ("grace", &grace)] {
        session.me().await.problem(401, "not_authenticated");
        let refusal = session.log_in(name, "known to mallory").await;
        refusal.problem(401, "invalid_credentials");
    }
    for link in [&invited["invitation"], &unused] {
        assert_eq!(redeem_token(&server, token(link), "another horse battery").await, 404);
    }
    root.me().await.expect(200);

    let link = said(
        &server,
        &shell_lines("docs/operate/admin-taken-over.md", "Give the account back"),
    );
    let refusal = mallory.log_in("mallory", PASSWORD).await;
    refusal.problem(401, "invalid_credentials");
    assert_eq!(redeem(&server, &link, "another horse battery").await, 204);
    mallory.log_in("mallory", "another horse battery").await.expect(200);
}

#[tokio::test]
#[ignore = "needs bash and openssl"]
async fn another_super_admin_comes_before_the_last_one_goes() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("root.admin").await;
    server.run(&["inactivate", "root.admin"]).refused();

    said(
        &server,
        &shell_lines("docs/operate/last-super-admin.md", "The person has left"),
    );
    root.me().await.problem(401, "not_authenticated");
    let password = fs::read_to_string(server.directory().join("new-password")).unwrap();
    let grace = server.anonymous();
    let grace = grace.log_in("grace.hopper", password.trim_end()).await.expect(200);
    assert_eq!(grace["role"], "super_admin");

    let names = said(
        &server,
        &shell_lines("docs/operate/last-super-admin.md", "Nobody remembers the names"),
    );
    for event in [
        " create_super_admin root.admin ",
        " create_super_admin grace.hopper ",
        " inactivate_user root.admin ",
    ] {
        assert!(names.contains(event), "{names}");
    }
}

#[tokio::test]
#[ignore = "needs bash"]
async fn refused_log_ins_are_counted_by_address_and_by_account() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    alice.log_out().await;
    alice.log_in("alice", "wrong horse battery").await;
    await_refusals(&server, 1);

    let addresses = said(
        &server,
        &shell_lines("docs/operate/everybody-gets-429.md", "Does Gatehouse see the clients?"),
    );
    assert!(
        addresses.contains("1 127.0.0.1\n") && addresses.contains("trusted_proxies = []"),
        "{addresses}"
    );
    let accounts = said(
        &server,
        &shell_lines("docs/operate/everybody-gets-429.md", "One address, or many accounts?"),
    );
    assert!(accounts.contains("1 alice invalid_credentials\n"), "{accounts}");
}

#[tokio::test]
#[ignore = "needs bash"]
async fn the_audit_trail_is_saved_and_asked_who_changed_whom_and_who_guessed() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    alice.log_out().await;
    alice.log_in("alice", "wrong horse battery").await;
    alice.log_in("alice", PASSWORD).await.expect(200);
    server.admin("admin").await.create("brian", "user").await;
    await_refusals(&server, 1);

    let kept = said(
        &server,
        &shell_lines("docs/operate/audit-trail-after-an-incident.md", "Keep it first"),
    );
    assert!(kept.ends_with("  audit-trail.txt\n"), "{kept}");
    let told = said(
        &server,
        &shell_lines("docs/operate/audit-trail-after-an-incident.md", "Who, what, from where"),
    );
    assert!(told.contains("1 admin create_user\n"), "{told}");
    assert!(told.contains(" 127.0.0.1 alice\n"), "{told}");
}

/// Waits until that many refusals are in the audit trail: the first of a kind is written after a second.
fn await_refusals(server: &Server, count: usize) {
    let start = Instant::now();
    let refusals = || {
        server
            .run(&["audit", "--outcome", "refused"])
            .succeeded()
            .lines()
            .count()
    };
    while refusals() < count {
        assert!(start.elapsed() < PATIENCE);
    }
}
