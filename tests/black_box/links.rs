//! One-time links: users set passwords that nobody else learns.

use futures_util::future::join_all;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

use crate::support::{
    Answer, Client, GUARDING, PASSWORD, Program, Server,
    forger::{SECRETS, start_with_known_secrets},
    time,
};

const NEW_PASSWORD: &str = "another horse battery";

/// The token of a link.
#[track_caller]
fn token_of(url: &str) -> String {
    let (page, token) = url.split_once('#').unwrap_or_else(|| panic!("{url}"));
    assert!(page.ends_with("/console/welcome"), "{url}");
    assert_eq!(token.len(), 43, "{url}");
    token.to_owned()
}

async fn id_of(admin: &Client, username: &str) -> String {
    admin.find(username).await[0]["id"].as_str().unwrap().to_owned()
}

async fn issue(admin: &Client, username: &str) -> Value {
    let path = format!("/api/v1/users/{}/link", id_of(admin, username).await);
    admin.post(&path, &Value::Null).await.expect(201)
}

async fn token_for(admin: &Client, username: &str) -> String {
    token_of(issue(admin, username).await["url"].as_str().unwrap())
}

async fn read(client: &Client, token: &str) -> Answer {
    client.post("/api/v1/account/link", &json!({"token": token})).await
}

async fn redeem(client: &Client, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    client.post("/api/v1/account/link/redeem", &body).await
}

#[apply(on_every_database)]
#[tokio::test]
async fn an_invited_user_sets_the_first_password(database: DatabaseKind) {
    let server = Server::start(database);
    let (admin, alice) = (server.admin("admin").await, server.anonymous());
    let created = admin
        .post("/api/v1/users/", &json!({"username": "Alice"}))
        .await
        .expect(201);
    assert_eq!(
        (&created["is_invited"], &created["is_active"]),
        (&json!(true), &json!(true))
    );
    let invitation = &created["invitation"];
    let hours = (time(&invitation["expires_at"]) - time(&created["created_at"])).num_hours();
    assert_eq!(hours, 72);
    let url = invitation["url"].as_str().unwrap();
    assert!(url.starts_with(server.base_url()), "{url}");
    let token = token_of(url);
    for password in ["", PASSWORD] {
        alice
            .log_in("alice", password)
            .await
            .problem(401, "invalid_credentials");
    }

    let address = format!("/api/v1/users/{}", created["id"].as_str().unwrap());
    let outstanding = async || admin.get(&address).await.expect(200)["link"].clone();
    let expected = json!({"kind": "invitation", "expires_at": invitation["expires_at"]});
    assert_eq!(outstanding().await, expected);

    for _ in 0..2 {
        let link = read(&alice, &token).await.expect(200);
        let expected = json!({"username": "Alice", "kind": "invitation", "expires_at": invitation["expires_at"]});
        assert_eq!(link, expected);
    }
    redeem(&alice, &token, "short").await.problem(400, "invalid_password");
    let redeemed = redeem(&alice, &token, NEW_PASSWORD).await;
    assert_eq!((redeemed.status.as_u16(), redeemed.cookies().len()), (204, 0));
    alice.me().await.problem(401, "not_authenticated");
    let user = alice.log_in("alice", NEW_PASSWORD).await.expect(200);
    assert_eq!(user["is_invited"], false);
    assert!(outstanding().await.is_null(), "there is none");
    read(&alice, &token).await.problem(404, "link_not_found");
    redeem(&alice, &token, PASSWORD).await.problem(404, "link_not_found");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_recovery_link_ends_every_session_and_what_was_issued_before(database: DatabaseKind) {
    let server = Server::start(database);
    let (admin, alice) = (server.admin("admin").await, server.user("alice").await);
    let first = token_for(&admin, "alice").await;
    let link = issue(&admin, "alice").await;
    assert_eq!(link["kind"], "recovery");
    let token = token_of(link["url"].as_str().unwrap());
    alice.me().await.expect(200);

    let stranger = server.anonymous();
    redeem(&stranger, &first, NEW_PASSWORD)
        .await
        .problem(404, "link_not_found");
    assert_eq!(redeem(&stranger, &token, NEW_PASSWORD).await.status, 204);
    alice.me().await.problem(401, "not_authenticated");
    alice
        .log_in("alice", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    alice.log_in("alice", NEW_PASSWORD).await.expect(200);
}

#[rstest]
#[case::withdrawn("withdraw")]
#[case::inactivated("inactivate")]
#[case::set_by_an_admin("set_password")]
#[case::set_by_the_operator("gatehouse set-password")]
#[case::changed_by_the_user("change_password")]
#[case::inactivated_by_the_operator("gatehouse inactivate")]
#[case::granted("grant")]
#[case::promoted("gatehouse promote")]
#[tokio::test]
async fn a_link_is_void_after(#[case] cause: &str) {
    let server = Server::start(DatabaseKind::Sqlite);
    let (admin, alice) = (server.admin("admin").await, server.user("alice").await);
    let token = token_for(&admin, "alice").await;
    match cause {
        "withdraw" => {
            let path = format!("/api/v1/users/{}/link", id_of(&admin, "alice").await);
            for _ in 0..2 {
                assert_eq!(admin.delete(&path).await.status, 204);
            }
        }
        "inactivate" => drop(admin.change("inactivate", "alice").await.expect(200)),
        "grant" => {
            let root = server.super_admin("super").await;
            drop(root.change("grant", "alice").await.expect(200));
        }
        "set_password" => drop(admin.change_password("alice", PASSWORD, None).await),
        "gatehouse set-password" => {
            let command = ["set-password", "alice"];
            drop(server.run_with_password(&command, PASSWORD).succeeded());
        }
        "change_password" => {
            let changed = alice.change_password("alice", NEW_PASSWORD, Some(PASSWORD)).await;
            assert_eq!(changed.status, 204);
        }
        "gatehouse promote" => drop(server.run(&["promote", "alice", "--yes"]).succeeded()),
        command => {
            let (_, command) = command.split_once(' ').unwrap();
            drop(server.run(&[command, "alice"]).succeeded());
        }
    }
    let stranger = server.anonymous();
    read(&stranger, &token).await.problem(404, "link_not_found");
    redeem(&stranger, &token, NEW_PASSWORD)
        .await
        .problem(404, "link_not_found");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_link_never_revives_an_inactive_user(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    server.user("alice").await;
    let token = token_for(&admin, "alice").await;
    admin.change("inactivate", "alice").await.expect(200);
    let before = admin.find("alice").await;
    let path = format!("/api/v1/users/{}/link", id_of(&admin, "alice").await);
    admin.post(&path, &Value::Null).await.problem(409, "user_is_inactive");
    let refusal = server.run(&["recovery-link", "alice"]);
    assert!(
        refusal.stderr.contains("The account is inactive. Reactivate it first."),
        "{refusal:?}"
    );

    let stranger = server.anonymous();
    read(&stranger, &token).await.problem(404, "link_not_found");
    redeem(&stranger, &token, NEW_PASSWORD)
        .await
        .problem(404, "link_not_found");
    stranger
        .log_in("alice", NEW_PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    assert_eq!(admin.find("alice").await, before);
}

#[apply(on_every_database)]
#[tokio::test]
async fn of_parallel_redemptions_one_wins(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    server.user("alice").await;
    let token = token_for(&admin, "alice").await;
    assert_one_wins(&[&server], &token).await;
}

#[apply(needs_postgres)]
#[tokio::test]
async fn of_parallel_redemptions_on_two_nodes_one_wins() {
    let one = start_with_known_secrets(DatabaseKind::Postgres, &[]);
    let other = one.another_node();
    let admin = one.admin("admin").await;
    one.user("alice").await;
    let token = token_for(&admin, "alice").await;
    assert_one_wins(&[&one, &other], &token).await;
}

async fn assert_one_wins(nodes: &[&Server], token: &str) {
    let passwords = Vec::from_iter((0..8).map(|number| format!("horse battery {number}")));
    let attempts = passwords.iter().zip(nodes.iter().cycle());
    let outcomes = join_all(attempts.map(async |(password, node)| {
        let answer = redeem(&node.anonymous(), token, password).await;
        if answer.status != 204 {
            answer.problem(404, "link_not_found");
        }
        answer.status == 204
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|won| **won).count(), 1, "{outcomes:?}");
    for (password, won) in passwords.iter().zip(outcomes) {
        let answer = nodes[0].anonymous().log_in("alice", password).await;
        assert_eq!(answer.status == 200, won, "{answer:?}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_link_expires(database: DatabaseKind) {
    let server = Server::start(database);
    let admin = server.admin("admin").await;
    server.user("alice").await;
    let token = token_for(&admin, "alice").await;
    let connection = server.open_database().await;
    let past = "UPDATE one_time_links SET expires_at = '2026-01-01 00:00:00+00:00'";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, past)
        .await
        .unwrap();
    let stranger = server.anonymous();
    read(&stranger, &token).await.problem(404, "link_not_found");
    redeem(&stranger, &token, NEW_PASSWORD)
        .await
        .problem(404, "link_not_found");
}

#[tokio::test]
async fn unknown_links_from_one_address_have_to_wait() {
    let free = "APP_SECURITY__THROTTLE__FREE_UNKNOWN_LINKS_PER_ADDRESS";
    let server = Server::start_with(DatabaseKind::Sqlite, &[(free, "3")]);
    let admin = server.admin("admin").await;
    server.user("alice").await;
    let token = token_for(&admin, "alice").await;
    let stranger = server.anonymous();
    for _ in 0..5 {
        read(&stranger, &token).await.expect(200);
    }
    read(&stranger, "?").await.problem(404, "link_not_found");
    for _ in 0..2 {
        redeem(&stranger, "?", PASSWORD).await.problem(404, "link_not_found");
    }
    for answer in [
        read(&stranger, &token).await,
        redeem(&stranger, &token, NEW_PASSWORD).await,
    ] {
        answer.problem(429, "too_many_attempts");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    let elsewhere = Client::forgetful(server.base_url(), 2);
    read(&elsewhere, &token).await.expect(200);
}

#[tokio::test]
async fn links_begin_with_the_first_public_origin() {
    let server = Server::start_with(DatabaseKind::Sqlite, &GUARDING);
    let admin = server.admin("admin").await;
    server.user("alice").await;
    let link = issue(&admin, "alice").await;
    let url = link["url"].as_str().unwrap();
    assert!(url.starts_with("https://auth.example.com/console/welcome#"), "{url}");
    let printed = server.run(&["recovery-link", "alice"]).succeeded();
    assert!(
        printed.starts_with("https://auth.example.com/console/welcome#"),
        "{printed}"
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_operator_invites_and_recovers_anybody_with_the_link_alone_on_standard_output(database: DatabaseKind) {
    let server = Server::start(database);
    let stranger = server.anonymous();
    let line = |said: String| {
        let line = said.strip_suffix('\n').unwrap().to_owned();
        assert!(line.starts_with("http://127.0.0.1:") && !line.contains('\n'), "{line}");
        line
    };
    let invited = server
        .run(&["invite", "Root.Admin", "--role", "super_admin"])
        .succeeded();
    let token = token_of(&line(invited));
    assert_eq!(read(&stranger, &token).await.expect(200)["kind"], "invitation");
    assert_eq!(redeem(&stranger, &token, PASSWORD).await.status, 204);
    let root = stranger.log_in("root.admin", PASSWORD).await.expect(200);
    assert_eq!(root["role"], "super_admin");

    let recovery = server.run(&["recovery-link", "ROOT.ADMIN"]).succeeded();
    let token = token_of(&line(recovery));
    assert_eq!(redeem(&server.anonymous(), &token, NEW_PASSWORD).await.status, 204);
    stranger.me().await.problem(401, "not_authenticated");

    for (command, message) in [
        (&["recovery-link", "nobody"][..], "There is no such user."),
        (
            &["invite", "root.admin"],
            "This username is taken. Choose another one. If the account exists, `gatehouse recovery-link root.admin` \
             prints another link.",
        ),
        (&["invite", "no"], "A username must have"),
        (
            &["invite", "alice", "--role", "owner"],
            "[possible values: user, admin, super_admin]",
        ),
    ] {
        let outcome = server.run(command);
        assert!(outcome.code != Some(0) && outcome.stdout.is_empty(), "{outcome:?}");
        assert!(outcome.stderr.contains(message), "{outcome:?}");
    }
}

#[test]
fn the_operator_is_warned_of_a_link_that_may_lead_nowhere() {
    let production = [
        ("APP_ENV", "prod"),
        ("APP_SECURITY__PASSWORD__BCRYPT_COST", "10"),
        ("APP_CONSOLE__ENABLED", "false"),
    ];
    let program = Program::with(DatabaseKind::Sqlite, &[&SECRETS[..], &production].concat());
    program.run(&["migrate", "up"]).succeeded();
    let outcome = program.run(&["invite", "alice"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for warning in ["server.public_origins is empty", "console.enabled is false"] {
        assert!(outcome.stderr.contains(warning), "{outcome:?}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn nothing_of_a_token_is_in_the_log_the_metrics_the_audit_trail_or_a_header(database: DatabaseKind) {
    let variables = [
        ("APP_SERVER__METRICS_ADDR", "127.0.0.1:0"),
        ("APP_LOGS__LEVEL", "trace"),
    ];
    let mut server = Server::start_with(database, &variables);
    let root = server.super_admin("super").await;
    server.user("alice").await;
    let first = token_for(&root, "alice").await;
    let id = id_of(&root, "alice").await;
    let shown = root.post_form(&format!("/console/users/{id}/issue-link"), &[]).await;
    let (_, rest) = shown.page(200).split_once("/console/welcome#").unwrap();
    let second = rest.split_once('"').unwrap().0.to_owned();
    assert_eq!(second.len(), 43);

    let stranger = server.anonymous();
    let fields = |password: &'static str| {
        [("token", second.clone()), ("username", "alice".to_owned())]
            .into_iter()
            .chain(["password", "password_again"].map(|field| (field, password.to_owned())))
            .collect::<Vec<_>>()
    };
    let post = async |fields: &[(&str, String)]| {
        let fields = Vec::from_iter(fields.iter().map(|(name, value)| (*name, &**value)));
        stranger.post_form("/console/welcome", &fields).await
    };
    let answers = [
        shown,
        read(&stranger, &first).await,
        read(&stranger, &second).await,
        redeem(&stranger, &second, "short").await,
        post(&fields(PASSWORD)[..1]).await,
        post(&fields("short")).await,
        post(&fields(NEW_PASSWORD)).await,
        post(&fields(NEW_PASSWORD)).await,
        redeem(&stranger, &second, PASSWORD).await,
    ];
    assert_eq!(answers[6].leads_to(), "/console/login");
    let audit = root.get("/api/v1/audit/?limit=100").await;
    assert!(audit.text.contains("redeem_link"), "{audit:?}");
    let metrics = server.scraper().get("/metrics").await;
    server.stop();

    let headers = answers
        .each_ref()
        .map(|answer| format!("{:?}", answer.headers))
        .concat();
    let said = [headers, audit.text, metrics.text, server.log()].concat();
    for token in [&first, &second] {
        // Parts of it, too, and however it may be cut.
        for part in [&token[..16], &token[13..29], &token[27..]] {
            assert!(!said.contains(part), "{part} of {token}");
        }
    }
}

#[tokio::test]
async fn a_get_as_by_a_mail_scanner_uses_nothing_up() {
    let server = Server::start(DatabaseKind::Sqlite);
    let admin = server.admin("admin").await;
    server.user("alice").await;
    let token = token_for(&admin, "alice").await;
    let scanner = server.anonymous();
    for path in ["", "?", &format!("?token={token}")] {
        for method in [Method::GET, Method::HEAD] {
            let request = scanner.request(method, &format!("/console/welcome{path}"));
            let request = request
                .header("sec-fetch-site", "cross-site")
                .header("sec-fetch-mode", "navigate");
            let answer = scanner.send(request.header("sec-fetch-dest", "document")).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    }
    assert_eq!(redeem(&scanner, &token, NEW_PASSWORD).await.status, 204);
}
