//! What holds for every script of the folder.

use std::{fs, path::Path};

use rstest::rstest;
use test_database::DatabaseKind;

use super::{
    ADMIN, FOLDER, OTHER_FILES, README, SCRIPTS,
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
#[case::other_scheme("ftp://127.0.0.1")]
#[case::unencrypted("http://gatehouse.example")]
#[case::unencrypted_after_all("http://127.0.0.1@gatehouse.example")]
#[case::similar_to_loopback("http://127.0.0.1.example")]
#[case::password_in_arguments("https://anna:secret@gatehouse.example")]
#[ignore = "needs bash, curl and jq"]
fn no_script_sends_a_password_unencrypted_to_another_machine(#[case] url: &str) {
    let cookbook = Cookbook::without_accounts();
    for (script, arguments) in SCRIPTS {
        let mut command = cookbook.command(script, arguments);
        let refusal = cookbook.outcome(command.env("GATEHOUSE_URL", url), "").misused();
        assert!(refusal.contains("GATEHOUSE_URL is neither"), "{script}: {refusal}");
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
    assert!(!cookbook.path("links.csv").exists());
}

#[rstest]
#[case("bootstrap-admin.sh", "not as super admin: gatehouse promote plain.user")]
#[case("inactivate-users.sh", "plain.user is a plain user: only admins inactivate users")]
#[case("invite-users.sh", "plain.user is a plain user: only admins invite users")]
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
    assert!(!cookbook.path("links.csv").exists());
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
