//! What the commands of the operator do when nothing can be printed: `/dev/full` takes no byte, as a full disk does.

#![cfg(target_os = "linux")]

use std::fs::{self, File};

use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Outcome, PASSWORD, Program, forger::SECRETS};

/// Runs the program with a password on its standard input and nothing behind its standard output.
fn run(program: &Program, arguments: &[&str]) -> Outcome {
    let password = program.directory().join("password");
    fs::write(&password, PASSWORD).unwrap();
    let output = program
        .process()
        .args(arguments)
        .stdin(File::open(password).unwrap())
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    Outcome::from(output)
}

fn program(database: DatabaseKind) -> Program {
    let password = [("APP_POSTGRES__PASSWORD", "hunter2")];
    let program = Program::with(database, &[&SECRETS[..], &password].concat());
    program.run(&["migrate", "up"]).succeeded();
    program
}

#[apply(on_every_database)]
#[test]
fn what_is_done_is_said_on_standard_error_and_no_failure(database: DatabaseKind) {
    let program = program(database);
    for (arguments, done) in [
        (
            &["create-super-admin", "root.admin", "--password-stdin"][..],
            "was created as super admin",
        ),
        (
            &["create-super-admin", "other.admin", "--password-stdin"],
            "was created",
        ),
        (
            &["set-password", "root.admin", "--password-stdin"],
            "has the new password now",
        ),
        (&["revoke-sessions", "root.admin"], "is logged out everywhere"),
        (&["demote", "root.admin"], "is a plain user now"),
        (&["inactivate", "root.admin"], "is inactive now"),
        (&["reactivate", "root.admin"], "is active now"),
        (&["reactivate", "root.admin"], "is active already"),
        (&["config", "dotenv"], ".env.local was written"),
        (&["migrate", "down", "--yes"], "undone"),
        (&["migrate", "up"], "applied"),
        (&["migrate", "fresh", "--yes"], "every table was dropped and recreated"),
    ] {
        let outcome = run(&program, arguments);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stderr.starts_with("warning: cannot print: "), "{outcome:?}");
        assert!(outcome.stderr.contains("this was done nevertheless: "), "{outcome:?}");
        assert!(outcome.stderr.contains(done), "{outcome:?}");
    }
}

#[test]
fn what_only_prints_fails_and_what_cannot_be_confirmed_is_not_done() {
    let program = program(DatabaseKind::Sqlite);
    let create = ["create-super-admin", "root.admin"];
    program.run_with_password(&create, PASSWORD).succeeded();
    for arguments in [
        &["audit"][..],
        &["migrate", "status"],
        &["openapi"],
        &["promote", "root.admin"],
    ] {
        let complaint = run(&program, arguments).refused();
        assert!(complaint.starts_with("cannot print: "), "{complaint}");
    }
    for arguments in [&["invite", "alice"][..], &["recovery-link", "alice"]] {
        let complaint = run(&program, arguments).refused();
        let remedy = "the link is lost. `gatehouse recovery-link alice` issues another one: cannot print: ";
        assert!(complaint.starts_with(remedy), "{complaint}");
    }
}
