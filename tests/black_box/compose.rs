//! Docker Compose understands the file that is shipped, and what is exported for it.

use std::process::Command;

use rstest::rstest;
use serde_json::Value;
use test_database::DatabaseKind;

use crate::support::Program;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docker-compose.yaml");

#[rstest]
#[case::for_single_quotes("a $b $(c) #d \"e\" `f` =g")]
#[case::for_double_quotes("a $b $(c) #d 'e' `f` =g")]
#[ignore = "needs docker compose"]
fn compose_gets_every_value_as_it_is_meant(#[case] password: &str) {
    let program = Program::with(
        DatabaseKind::Sqlite,
        &[("APP_POSTGRES__PASSWORD", password), ("APP_SERVER__PORT", "8443")],
    );
    program.run(&["config", "dotenv"]).succeeded();

    let output = Command::new("docker")
        .args([
            "compose",
            "--file",
            FILE,
            "--env-file",
            ".env.local",
            "config",
            "--format",
            "json",
        ])
        .current_dir(program.directory())
        .output()
        .unwrap();

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let services = serde_json::from_slice::<Value>(&output.stdout).unwrap()["services"].take();
    let (app, db) = (&services["app"]["environment"], &services["db"]["environment"]);
    for shown in [&db["POSTGRES_PASSWORD"], &app["APP_POSTGRES__PASSWORD"]] {
        // Compose doubles the sign, so that what it shows can be read by it again.
        assert_eq!(shown.as_str().unwrap().replace("$$", "$"), password);
    }
    assert_eq!(
        (&app["APP_ENV"], &app["APP_SERVER__PORT"]),
        (&"local".into(), &"8443".into())
    );
    assert_eq!(services["app"]["ports"][0]["published"], "8443");
}
