//! Swagger UI and the pages work in a browser, as a person uses them.

use std::{fs, path::Path, time::Duration};

use test_database::DatabaseKind;

use crate::support::{PASSWORD, Server};

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
const SUPER_ADMIN: &str = "root.admin";

#[test]
#[ignore = "needs Chromium and Node.js"]
fn swagger_ui_works_with_the_session_cookie() {
    use_in_browser(&Server::start(DatabaseKind::Sqlite), "swagger_ui.mjs");
}

/// The session cookie is as in production, but for `Secure`.
#[tokio::test]
#[ignore = "needs Chromium and Node.js"]
async fn people_use_the_pages() {
    let variables = [("APP_SECURITY__COOKIES__SAME_SITE", "strict")];
    let server = Server::start_with(DatabaseKind::Sqlite, &variables);
    // Lists have more than one page.
    let root = server.super_admin("another.root").await;
    for number in 0..25 {
        let role = if number % 5 == 0 { "admin" } else { "user" };
        root.create(&format!("somebody.{number:02}"), role).await;
    }
    use_in_browser(&server, "pages.mjs");
}

/// Runs the tests of a file in `tests/browser` as a super admin of `server`.
fn use_in_browser(server: &Server, tests: &str) {
    server
        .run_with_password(&["create-super-admin", SUPER_ADMIN], PASSWORD)
        .succeeded();
    let variables = [
        ("GATEHOUSE_URL", server.base_url()),
        ("GATEHOUSE_USER", SUPER_ADMIN),
        ("GATEHOUSE_PASSWORD", PASSWORD),
    ];
    run(server.directory(), tests, &variables);
}

/// Runs the tests of a file in `tests/browser`, in a folder below `directory`, with these environment variables.
pub fn run(directory: &Path, tests: &str, variables: &[(&str, &str)]) {
    let directory = directory.join("browser");
    fs::create_dir(&directory).unwrap();
    for file in ["package.json", "package-lock.json", "browser.mjs", tests] {
        fs::copy(format!("{TESTS}/{file}"), directory.join(file)).unwrap();
    }
    for arguments in [&["ci"][..], &["test", "--", tests]] {
        assert_cmd::Command::new("npm")
            .args(arguments)
            .current_dir(&directory)
            .envs(variables.iter().copied())
            // Longer than what is run allows itself.
            .timeout(Duration::from_secs(300))
            .assert()
            .success();
    }
}
