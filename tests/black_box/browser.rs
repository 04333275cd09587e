//! Swagger UI works in a browser, as a person uses it.

use std::{fs, time::Duration};

use test_database::DatabaseKind;

use crate::support::{PASSWORD, Server};

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
const SUPER_ADMIN: &str = "root.admin";

#[test]
#[ignore = "needs Chromium and Node.js"]
fn swagger_ui_works_with_the_session_cookie() {
    let server = Server::start(DatabaseKind::Sqlite);
    server
        .run_with_password(&["create-super-admin", SUPER_ADMIN], PASSWORD)
        .succeeded();
    let directory = server.directory().join("browser");
    fs::create_dir(&directory).unwrap();
    for file in ["package.json", "package-lock.json", "swagger_ui.mjs"] {
        fs::copy(format!("{TESTS}/{file}"), directory.join(file)).unwrap();
    }

    for command in ["ci", "test"] {
        assert_cmd::Command::new("npm")
            .arg(command)
            .current_dir(&directory)
            .env("GATEHOUSE_URL", server.base_url())
            .env("GATEHOUSE_USER", SUPER_ADMIN)
            .env("GATEHOUSE_PASSWORD", PASSWORD)
            // Longer than what is run allows itself.
            .timeout(Duration::from_secs(120))
            .assert()
            .success();
    }
}
