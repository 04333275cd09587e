//! The examples of the README of the folder can be pasted as they stand.

use std::{fs, process::Command};

use super::{
    FOLDER, SCRIPTS,
    support::{Cookbook, GATEHOUSE},
};
use crate::support::shell_lines;

#[test]
#[ignore = "needs bash, curl and jq"]
fn the_examples_of_the_readme_work_line_by_line() {
    let cookbook = Cookbook::without_accounts();
    fs::create_dir(cookbook.path("examples")).unwrap();
    let copied = Command::new("cp")
        .args(["-R", FOLDER])
        .arg(cookbook.path("examples"))
        .status();
    assert!(copied.unwrap().success());
    let script = shell_lines("examples/curl/README.md", "Examples").replace("'cargo run -q --'", GATEHOUSE);
    assert!(!script.contains("cargo"), "{script}");
    for (name, _) in SCRIPTS {
        assert!(script.contains(&format!("examples/curl/{name}")), "{name}");
    }

    let mut shell = cookbook.configured(Command::new("bash"));
    shell.args(["-e", "-c", &script]);
    let said = cookbook
        .outcome(&mut assert_cmd::Command::from_std(shell), "")
        .succeeded();

    for part in [
        "root.admin (",
        "anna.admin (",
        "3 invited, 0 renewed, 0 existed already, 0 failed",
        "carol,http",
        "0 invited, 3 renewed, 0 existed already, 0 failed",
        "brian is inactive now",
        "1 inactivated, 1 inactive already, 0 failed",
        "3 users were written into data/users.csv",
        "carol has another password",
        "anna.admin has another password",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let mut command = cookbook.command("export-users.sh", &["--role", "admin"]);
    command.env("GATEHOUSE_PASSWORD_FILE", "data/anna.password");
    let list = cookbook.outcome(&mut command, "").succeeded();
    assert!(list.contains("\"anna.admin\"") && !list.contains("carol"), "{list}");
}
