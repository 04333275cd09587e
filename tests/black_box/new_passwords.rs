//! Which new passwords are accepted, besides the rules that `account` tests, and who may set them.

use std::{fs, path::Path};

use reqwest::Method;
use rstest::rstest;
use serde_json::json;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Answer, PASSWORD, Program, Server};

const FILE: (&str, &str) = ("APP_SECURITY__PASSWORD__BREACHED_HASHES_FILE", "hashes.txt");
const NO_SETTING: (&str, &str) = ("APP_SECURITY__PASSWORD__ADMINS_SET_PASSWORDS", "false");

/// A password that the rules allow, and its SHA-1.
const BREACHED: (&str, &str) = ("trustno1forever", "73805F4A6507B443816E14B36C790B46385A801A");

#[track_caller]
fn assert_rejected(answer: &Answer, rule: &str) {
    let problem = answer.problem(400, "invalid_password");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(rule), "{detail}");
}

fn write(directory: &Path, hashes: &[&str]) {
    let mut lines = Vec::from_iter(hashes.iter().map(|hash| format!("{hash}:3\r\n")));
    lines.sort_unstable();
    let new = directory.join("new.txt");
    fs::write(&new, lines.concat()).unwrap();
    fs::rename(new, directory.join(FILE.1)).unwrap();
}

/// A server with a file of one breached password.
fn with_breached(database: DatabaseKind) -> Server {
    let program = Program::with(database, &[FILE]);
    write(program.directory(), &[BREACHED.1]);
    Server::of(program)
}

#[apply(on_every_database)]
#[tokio::test]
async fn words_of_the_service_are_in_no_new_password(database: DatabaseKind) {
    let server = Server::start_with(
        database,
        &[
            ("APP_SECURITY__PASSWORD__CONTEXT_WORDS", "[\"Zürich\"]"),
            ("APP_CONSOLE__TITLE", "Tea & Biscuits"),
            (
                "APP_SERVER__PUBLIC_ORIGINS",
                "[\"https://id.acme.example\", \"http://127.0.0.1\"]",
            ),
        ],
    );
    let client = server.anonymous();
    for password in ["zu\u{308}RICH 2026", "two BISCUITS", "acme-2026"] {
        assert_rejected(&client.sign_up("alice", password).await, "words of this service");
    }
    for password in ["tea at seven", "id of mine", "an example of it", "gatehouse2026"] {
        let name = format!("user{}", password.len());
        client.sign_up(&name, password).await.expect(201);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_breached_password_is_refused_wherever_one_is_set(database: DatabaseKind) {
    let server = with_breached(database);
    let rule = "known from a data breach";
    let (alice, admin) = (server.user("alice").await, server.admin("admin").await);
    assert_rejected(&server.anonymous().sign_up("brian", BREACHED.0).await, rule);
    let body = json!({"username": "brian", "password": BREACHED.0});
    assert_rejected(&admin.post("/api/v1/users/", &body).await, rule);
    assert_rejected(&alice.change_password("alice", BREACHED.0, Some(PASSWORD)).await, rule);
    assert_rejected(&admin.change_password("alice", BREACHED.0, None).await, rule);
    for arguments in [["set-password", "alice"], ["create-super-admin", "carol"]] {
        let refusal = server.run_with_password(&arguments, BREACHED.0).refused();
        assert!(refusal.contains(rule), "{refusal}");
    }
    let log = server.log();
    assert!(
        !log.contains(BREACHED.0) && !log.to_uppercase().contains(&BREACHED.1[..8]),
        "{log}"
    );
}

#[tokio::test]
async fn another_file_is_in_use_at_once_and_without_one_no_password_is_accepted() {
    let server = with_breached(DatabaseKind::Sqlite);
    let client = server.anonymous();
    let refused = client.sign_up("alice", BREACHED.0).await;
    assert_rejected(&refused, "known from a data breach");

    write(server.directory(), &["0000000000000000000000000000000000000000"]);
    client.sign_up("alice", BREACHED.0).await.expect(201);
    write(server.directory(), &[BREACHED.1]);
    server.anonymous().log_in("alice", BREACHED.0).await.expect(200);

    fs::remove_file(server.directory().join(FILE.1)).unwrap();
    let refusal = client.sign_up("brian", PASSWORD).await;
    let problem = refusal.problem(503, "service_unavailable");
    assert_eq!(
        problem["detail"],
        "New passwords cannot be checked at the moment. Try again later."
    );
    server.anonymous().log_in("alice", BREACHED.0).await.expect(200);
    let log = server.log();
    assert!(
        log.contains("the file of breached passwords, hashes.txt: it cannot be read: "),
        "{log}"
    );
}

#[rstest]
#[case::missing(None, "cannot be used: it cannot be read")]
#[case::of_other_hashes(
    Some("8846F7EAEE8FB117AD06BDD830B7586C:9\r\n"),
    "the line at byte 0 has no SHA-1 hash"
)]
fn the_start_needs_the_file(#[case] content: Option<&str>, #[case] expected: &str) {
    let program = Program::with(DatabaseKind::Sqlite, &[FILE]);
    if let Some(content) = content {
        fs::write(program.directory().join(FILE.1), content).unwrap();
    }
    for arguments in [&["serve"][..], &["config", "check"]] {
        let refusal = program.run(arguments).refused();
        assert!(
            refusal.contains("security.password.breached_hashes_file") && refusal.contains(expected),
            "{refusal}"
        );
    }
}

#[test]
fn a_check_of_the_configuration_reads_every_line() {
    let program = Program::with(DatabaseKind::Sqlite, &[FILE]);
    let lines = |out_of_order: u32| {
        let number = |line| if line == out_of_order { 1 } else { line };
        (0..100_000)
            .map(|line| format!("{:040X}:1\n", number(line)))
            .collect::<String>()
    };
    fs::write(program.directory().join(FILE.1), lines(1)).unwrap();
    program.run(&["config", "check"]).succeeded();

    fs::write(program.directory().join(FILE.1), lines(77_777)).unwrap();
    program.run(&["config", "show"]).succeeded();
    let refusal = program.run(&["config", "check"]).refused();
    assert!(
        refusal.contains("breached_hashes_file: hashes.txt")
            && refusal.contains("not sorted: the one at byte 3344411 "),
        "{refusal}"
    );
}

#[tokio::test]
async fn memory_does_not_depend_on_the_size_of_the_file() {
    let program = Program::with(DatabaseKind::Sqlite, &[FILE]);
    let mut lines = Vec::from_iter((0..1_000_000_u64).map(|line| format!("{:08X}{:032X}:1\r\n", line * 4294, line)));
    lines.push(format!("{}:1\r\n", BREACHED.1));
    lines.sort_unstable();
    fs::write(program.directory().join(FILE.1), lines.concat()).unwrap();
    let server = Server::of(program);
    let client = server.anonymous();
    client.sign_up("alice", PASSWORD).await.expect(201);
    let before = server.resident_kilobytes();
    for _ in 0..200 {
        assert_rejected(&client.sign_up("brian", BREACHED.0).await, "known from a data breach");
    }
    let after = server.resident_kilobytes();
    assert!(after < before + 2_000, "{before} kB before, {after} kB after");
}

#[apply(on_every_database)]
#[tokio::test]
async fn where_admins_set_no_passwords_users_and_the_operator_still_do(database: DatabaseKind) {
    let server = Server::start_with(database, &[NO_SETTING]);
    let (alice, root) = (server.user("alice").await, server.super_admin("super").await);
    for (username, password) in [("brian", PASSWORD), ("no", "short")] {
        let body = json!({"username": username, "password": password});
        let refusal = root.post("/api/v1/users/", &body).await;
        refusal.problem(403, "password_setting_closed");
        alice.post("/api/v1/users/", &body).await.problem(403, "not_authorized");
    }
    for username in ["alice", "nobody", "no"] {
        let refusal = root.change_password(username, "short", None).await;
        refusal.problem(403, "password_setting_closed");
    }
    let refusal = alice.change_password("super", PASSWORD, None).await;
    refusal.problem(403, "not_authorized");
    let shapeless = root.send_json(&Method::POST, "/api/v1/users/", "{}").await;
    shapeless.problem(422, "validation_failed");

    let own = alice
        .change_password("alice", "a password of mine", Some(PASSWORD))
        .await;
    assert_eq!(own.status, 204);
    server
        .run_with_password(&["set-password", "alice"], PASSWORD)
        .succeeded();
    server.anonymous().log_in("alice", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn pages_do_not_offer_to_set_a_password_where_admins_set_none() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[NO_SETTING]);
    let (alice, root) = (server.user("alice").await, server.super_admin("super").await);
    let id = alice.me().await.expect(200)["id"].as_str().unwrap().to_owned();
    let user = format!("/console/users/{id}");
    let offered = root.get(&user).await;
    let text = offered.page(200);
    assert!(!text.contains("/password") && text.contains("/end-sessions"), "{text}");
    let form = root.get("/console/users/new").await;
    assert!(!form.page(200).contains("type=\"password\""), "{form:?}");
    let invitation = [
        ("username", "caroline"),
        ("password", ""),
        ("password_again", ""),
        ("role", "user"),
    ];
    let invited = root.post_form("/console/users/new", &invitation).await;
    assert!(invited.page(200).contains("/console/welcome#"), "{invited:?}");

    let fields = [
        ("username", "brian"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("role", "user"),
    ];
    for (path, fields) in [
        ("/console/users/new", &fields[..]),
        (
            &*format!("{user}/password"),
            &[("username", "alice"), fields[1], fields[2]],
        ),
    ] {
        let message = "Nobody sets the password of somebody else here.";
        if path.ends_with("/password") {
            let asked = root.get(path).await;
            assert!(asked.page(403).contains(message), "{asked:?}");
        }
        let posted = root.post_form(path, fields).await;
        assert!(posted.page(403).contains(message), "{posted:?}");
        let of_role = alice.get(path).await;
        assert!(!of_role.page(403).contains(message), "{of_role:?}");
    }
}

#[tokio::test]
async fn forms_say_that_words_of_the_service_are_refused() {
    let server = Server::start(DatabaseKind::Sqlite);
    let hint = "It must not contain words of this service, such as its name.";
    let form = server.anonymous().get("/console/signup").await;
    assert!(form.page(200).contains(hint), "{form:?}");
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_CONSOLE__TITLE", "ID")]);
    let form = server.anonymous().get("/console/signup").await;
    assert!(!form.page(200).contains(hint), "{form:?}");
}
