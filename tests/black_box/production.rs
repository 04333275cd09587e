//! What production asks for, and what it is warned of: at the start, and in the same words by `config check`.

use std::fs;

use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::{Program, Server, forger::SECRETS};

fn production(variables: &[(&str, &str)]) -> Program {
    let production = [
        ("APP_ENV", "prod"),
        ("APP_SECURITY__PASSWORD__BCRYPT_COST", "10"),
        ("APP_SERVER__HOST", "127.0.0.1"),
    ];
    Program::with(DatabaseKind::Sqlite, &[&production[..], &SECRETS, variables].concat())
}

#[test]
fn a_start_that_is_not_told_of_its_proxies_is_refused() {
    let program = production(&[]);
    for arguments in [["serve"].as_slice(), &["config", "check"]] {
        let mut command = program.command(arguments);
        let refused = command.env_remove("APP_SERVER__TRUSTED_PROXIES").assert().code(1);
        let complaint = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(
            complaint.contains("server.trusted_proxies must be set for the environment prod"),
            "{complaint}"
        );
    }
}

#[test]
fn what_leaves_production_open_is_said_by_the_check_and_by_the_start() {
    let program = production(&[
        ("APP_SECURITY__COOKIES__SECURE", "false"),
        ("APP_SECURITY__THROTTLE__ENABLED", "false"),
    ]);
    let warnings = [
        "server.public_origins is empty",
        "security.cookies.secure is false",
        "security.throttle.enabled is false",
    ];

    let said = program.run(&["config", "check"]).succeeded();
    for warning in warnings {
        assert!(
            said.contains(&format!("warning: {warning}")),
            "{warning} is not in\n{said}"
        );
    }

    let log = Server::of(program).log();
    for warning in warnings {
        assert!(log.contains(warning), "{warning} is not in\n{log}");
    }
}

#[test]
fn what_closes_production_is_not_warned_of() {
    let program = production(&[("APP_SERVER__PUBLIC_ORIGINS", "[https://users.example.com]")]);
    assert_eq!(
        program.run(&["config", "check"]).succeeded(),
        "the configuration is valid (the database was not contacted)\n"
    );
}

#[rstest]
#[case::digits("31415926535897932384626433832795", "security.cookies.key has digits only")]
#[case::another_one(SECRETS[0].1, "security.cookies.key is the same as security.password.pepper")]
fn a_secret_that_is_none_is_refused(#[case] secret: &str, #[case] complaint: &str) {
    let program = production(&[("APP_SECURITY__COOKIES__KEY", secret)]);
    for arguments in [["serve"].as_slice(), &["config", "check"]] {
        let refused = program.run(arguments).refused();
        assert!(refused.contains(complaint) && !refused.contains(secret), "{refused}");
    }
}

#[test]
fn a_mounted_file_with_one_key_leaves_the_rest_as_it_is_built_in() {
    let program = production(&[]);
    fs::write(program.directory().join("config.toml"), "[default.server]\nworkers = 3").unwrap();

    let shown = program.run(&["config", "show"]).succeeded();

    for line in [
        "workers = 3 # config.toml [default]",
        "format = \"json\" # built-in config.toml [prod]",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in\n{shown}");
    }
}
