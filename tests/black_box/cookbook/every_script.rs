//! What holds for every script of the folder.

use std::{fs, path::Path};

use rstest::rstest;
use test_database::DatabaseKind;

use super::{
    ADMIN, FOLDER, OTHER_FILES, README, SCRIPTS,
    stand_in::{answer, stand_in},
    support::{Cookbook, names},
};
use crate::support::{PASSWORD, Server};

#[test]
#[ignore = "needs bash, curl and jq"]
fn every_script_of_the_folder_is_tested_and_explains_itself() {
    let known = SCRIPTS.map(|(script, _)| script).into_iter().chain(OTHER_FILES);
    assert_eq!(names(Path::new(FOLDER)), known.map(str::to_owned).collect());

    let cookbook = Cookbook::without_accounts();
    let programs = cookbook.recording_programs(&["curl", "jq"]);
    for (script, _) in SCRIPTS {
        let text = fs::read_to_string(Path::new(FOLDER).join(script)).unwrap();
        assert!(text.starts_with("#!/usr/bin/env bash\n"), "{script}");
        assert!(text.contains("\nset -euo pipefail\n"), "{script}");
        assert!(README.contains(&format!("| `{script}` |")), "{script}");

        let mut asked = cookbook.command(script, &["--help"]);
        let help = cookbook.outcome(asked.env("PATH", &programs), "").succeeded();
        assert!(help.starts_with(&format!("Usage: {script} ")), "{help}");
        for part in ["\nOptions:\n", "\nExample:\n", "\nEnvironment:\n", "\nExit status: 0"] {
            assert!(help.contains(part), "{part}: {help}");
        }
        assert!(help.lines().all(|line| line.chars().count() <= 120), "{help}");

        let unknown = cookbook.run(script, &["--frobnicate"]).misused();
        let hint = format!("error: unknown option --frobnicate; see '{script} --help'\n");
        assert_eq!(unknown, hint);
    }
}

#[rstest]
#[case("bootstrap-admin.sh", &[], "one ADMIN")]
#[case("bootstrap-admin.sh", &["brian.admin", "carol.admin"], "one ADMIN")]
#[case("bootstrap-admin.sh", &["--generate"], "needs a file")]
#[case("bootstrap-admin.sh", &["--generate", "a", "--new-password-file", "b", "brian"], "one new password")]
#[case("create-users.sh", &["users.csv"], "two files")]
#[case("export-users.sh", &["--role"], "--role must be")]
#[case("export-users.sh", &["--role", "root"], "--role must be")]
#[case("export-users.sh", &["--active", "yes"], "--active must be")]
#[case("export-users.sh", &["a.csv", "b.csv"], "one FILE")]
#[case("export-users.sh", &["."], "is a directory")]
#[case("inactivate-user.sh", &[], "one USERNAME")]
#[case("rotate-password.sh", &["--new-password-file"], "needs a file")]
#[case("rotate-password.sh", &["brian", "carol"], "one USERNAME")]
#[ignore = "needs bash, curl and jq"]
fn arguments_that_make_no_sense_are_refused(#[case] script: &str, #[case] arguments: &[&str], #[case] complaint: &str) {
    let cookbook = Cookbook::without_accounts();
    let refusal = cookbook.run(script, arguments).misused();
    assert!(refusal.contains(complaint), "{refusal}");
}

#[rstest]
#[case::no_account("GATEHOUSE_USER", "", "GATEHOUSE_USER")]
#[case::other_scheme("GATEHOUSE_URL", "ftp://127.0.0.1", "GATEHOUSE_URL is neither")]
#[case::unencrypted("GATEHOUSE_URL", "http://gatehouse.example", "GATEHOUSE_URL is neither")]
#[case::unencrypted_after_all("GATEHOUSE_URL", "http://127.0.0.1@gatehouse.example", "GATEHOUSE_URL is neither")]
#[case::similar_to_loopback("GATEHOUSE_URL", "http://127.0.0.1.example", "GATEHOUSE_URL is neither")]
#[case::password_in_arguments("GATEHOUSE_URL", "https://anna:secret@gatehouse.example", "GATEHOUSE_URL is neither")]
#[ignore = "needs bash, curl and jq"]
fn an_environment_that_makes_no_sense_is_refused(#[case] variable: &str, #[case] value: &str, #[case] complaint: &str) {
    let cookbook = Cookbook::without_accounts();
    for (script, arguments) in SCRIPTS {
        let mut command = cookbook.command(script, arguments);
        let refusal = cookbook.outcome(command.env(variable, value), "").misused();
        assert!(refusal.contains(complaint), "{script}: {refusal}");
    }
}

#[rstest]
#[case::no_server(
    "GATEHOUSE_URL",
    "http://127.0.0.1:1",
    "http://127.0.0.1:1 does not answer: Failed to connect"
)]
#[case::missing_file("GATEHOUSE_PASSWORD_FILE", "nowhere", "cannot read nowhere")]
#[case::empty_file("GATEHOUSE_PASSWORD_FILE", "/dev/null", "there is none")]
#[case::nobody_to_ask("GATEHOUSE_PASSWORD_FILE", "", "no terminal")]
#[case::broken_file("GATEHOUSE_PASSWORD_FILE", "latin-1.password", "it is not UTF-8")]
#[ignore = "needs bash, curl and jq"]
fn every_script_says_why_it_cannot_log_in(#[case] variable: &str, #[case] value: &str, #[case] complaint: &str) {
    let cookbook = Cookbook::without_accounts();
    fs::write(cookbook.path("latin-1.password"), b"caf\xe9 cr\xe8me\n").unwrap();
    for (script, arguments) in SCRIPTS {
        let mut command = cookbook.command(script, arguments);
        let refusal = cookbook.outcome(command.env(variable, value), "").refused();
        assert!(refusal.contains(complaint), "{script}: {refusal}");
    }
}

#[rstest]
#[case("curl")]
#[case("jq")]
#[ignore = "needs bash, curl and jq"]
fn every_script_says_which_program_is_missing(#[case] program: &str) {
    let cookbook = Cookbook::without_accounts();
    let programs = cookbook.recording_programs(&[program]);
    for (script, arguments) in SCRIPTS {
        let mut command = cookbook.command(script, arguments);
        let refusal = cookbook.outcome(command.env("PATH", &programs), "").refused();
        assert_eq!(refusal, format!("{program} is not installed\n"), "{script}");
    }
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn every_script_tells_the_refusal_of_the_server_with_its_request_id() {
    let cookbook = Cookbook::new().await;
    fs::write(cookbook.path("password"), "wrong horse").unwrap();
    for (script, arguments) in SCRIPTS {
        let outcome = cookbook.run(script, arguments);
        assert_eq!(outcome.code, Some(1), "{script}: {outcome:?}");
        if script == "bootstrap-admin.sh" {
            assert!(outcome.stderr.contains("can neither log in nor be made"), "{outcome:?}");
            continue;
        }
        let refusal = outcome.refused();
        let (_, id) = refusal.split_once("[invalid_credentials, request ").unwrap();
        let logged = format!("request_id={}", id.trim_end_matches("]\n"));
        assert!(cookbook.server.log().contains(&logged), "{script}: {refusal}");
    }
    assert!(!cookbook.path("new.password").exists());
    assert!(!cookbook.path("passwords.csv").exists());
}

#[test]
#[ignore = "needs bash, curl and jq"]
fn every_script_tells_another_server_from_gatehouse() {
    let cookbook = Cookbook::without_accounts();
    for (script, arguments) in SCRIPTS {
        let page = "<html>Welcome</html>";
        for status in [200, 502] {
            let (url, _) = stand_in(&[&answer(status, "", page)]);
            let refusal = cookbook.run_against(&url, script, arguments).refused();
            assert!(
                refusal.starts_with(&format!("status {status}, but not from Gatehouse")),
                "{refusal}"
            );
        }
    }
}

#[rstest]
#[case("bootstrap-admin.sh", "not as super admin: gatehouse promote plain.user")]
#[case("create-users.sh", "plain.user is a plain user: only admins create users")]
#[case("export-users.sh", "Your role does not permit this. [not_authorized, request ")]
#[case("inactivate-user.sh", "Your role does not permit this. [not_authorized, request ")]
#[case("rotate-password.sh", "Your role does not permit this. [not_authorized, request ")]
#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn a_plain_user_gets_nowhere(#[case] script: &str, #[case] complaint: &str) {
    let cookbook = Cookbook::new().await;
    cookbook.root.create("plain.user", "user").await;
    let (_, arguments) = SCRIPTS.into_iter().find(|(name, _)| *name == script).unwrap();

    let refusal = cookbook.run_as("plain.user", script, arguments).refused();

    assert!(refusal.contains(complaint), "{refusal}");
    assert!(!cookbook.path("new.password").exists());
    assert!(!cookbook.path("passwords.csv").exists());
    cookbook.assert_no_session_of("plain.user");
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn settings_of_curl_for_other_purposes_do_not_matter() {
    let cookbook = Cookbook::new().await;
    fs::write(cookbook.path(".curlrc"), "fail\n").unwrap();
    let mut command = cookbook.command("inactivate-user.sh", &["nobody"]);
    command.env("HOME", cookbook.server.directory());
    for proxy in ["http_proxy", "ALL_PROXY"] {
        command.env(proxy, "http://127.0.0.1:1");
    }
    assert_eq!(cookbook.outcome(&mut command, "").refused(), "nobody is named nobody\n");

    fs::write(cookbook.path("password"), "wrong horse").unwrap();
    let refusal = cookbook.outcome(&mut command, "").refused();
    assert!(refusal.contains("invalid_credentials"), "{refusal}");
}

#[test]
#[ignore = "needs bash, curl and jq"]
fn on_the_machine_of_the_server_a_cookie_for_https_only_is_good_enough() {
    let secure = ("APP_SECURITY__COOKIES__SECURE", "true");
    let cookbook = Cookbook::of(Server::start_with(DatabaseKind::Sqlite, &[secure]));
    cookbook
        .server
        .run_with_password(&["create-super-admin", ADMIN], PASSWORD)
        .succeeded();
    assert!(cookbook.run("export-users.sh", &[]).succeeded().contains(ADMIN));
}
