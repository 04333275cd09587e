//! The configuration as a process meets it: files in its directory, variables in its environment.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::{Program, Server, forger, write_rsa_keys};

const SECRET: &str = "of-this-secret-nobody-may-ever-see-a-part";
/// Everything that production needs to be told.
const PRODUCTION: [(&str, &str); 5] = [
    ("APP_ENV", "prod"),
    ("APP_SECURITY__PASSWORD__BCRYPT_COST", "10"),
    (
        "APP_SECURITY__PASSWORD__PEPPER",
        "of-this-secret-nobody-may-ever-see-a-part: pepper",
    ),
    (
        "APP_SECURITY__AUTH__JWT_SECRET",
        "of-this-secret-nobody-may-ever-see-a-part: tokens",
    ),
    (
        "APP_SECURITY__COOKIES__KEY",
        "of-this-secret-nobody-may-ever-see-a-part: cookies",
    ),
];

#[test]
fn a_sound_configuration_is_said_to_be_sound_and_nothing_is_written() {
    let program = Program::new(DatabaseKind::Sqlite);

    let said = program.run(&["config", "check"]).succeeded();

    assert_eq!(
        said,
        ".secrets.toml does not exist: the first start will write it\n\
         the configuration is valid (the database was not contacted)\n"
    );
    program.run(&["config", "show"]).succeeded();
    assert_eq!(fs::read_dir(program.directory()).unwrap().count(), 0);
}

#[test]
fn the_shown_configuration_says_where_each_value_comes_from_and_hides_secrets() {
    let program = Program::with(DatabaseKind::Sqlite, &PRODUCTION);
    fs::write(
        program.directory().join("config.toml"),
        "[prod.server]\nworkers = 3\nport = 1",
    )
    .unwrap();

    let shown = program.run(&["config", "show"]).succeeded();

    for line in [
        "# environment: prod",
        "workers = 3 # config.toml [prod]",
        "port = 0 # variable APP_SERVER__PORT",
        "keep_alive_seconds = 75 # built-in config.toml [default]",
        "pepper = \"[redacted]\" # variable APP_SECURITY__PASSWORD__PEPPER",
        "jwt_secret = \"[redacted]\" # variable APP_SECURITY__AUTH__JWT_SECRET",
        "key = \"[redacted]\" # variable APP_SECURITY__COOKIES__KEY",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line} is not in\n{shown}");
    }
    assert!(!shown.contains(SECRET));
}

#[rstest]
#[case::unknown_environment(
    "APP_ENV",
    "production",
    "APP_ENV: unknown environment \"production\", known from config.toml: dev, local, prod"
)]
#[case::unknown_key(
    "APP_SERVER__PROT",
    "1",
    "variable APP_SERVER__PROT server.prot: unknown key, known here: host, port"
)]
#[case::wrong_value(
    "APP_SERVER__PORT",
    "http",
    "variable APP_SERVER__PORT server.port: found \"http\", allowed: an integer from 0 to 65535"
)]
#[case::weak_hashes(
    "APP_SECURITY__PASSWORD__BCRYPT_COST",
    "3",
    "variable APP_SECURITY__PASSWORD__BCRYPT_COST security.password.bcrypt_cost: found 3, allowed: an integer from 4 to 31"
)]
fn a_variable_that_is_wrong_stops_every_command(
    #[case] name: &str,
    #[case] value: &str,
    #[case] complaint: &str,
    #[values(&["serve"], &["config", "check"], &["promote", "alice"])] arguments: &[&str],
) {
    let refused = Program::with(DatabaseKind::Sqlite, &[(name, value)])
        .run(arguments)
        .refused();
    assert!(refused.contains(complaint), "{refused}");
}

#[test]
fn everything_that_is_wrong_in_a_file_is_said_at_once_and_where() {
    let program = Program::new(DatabaseKind::Sqlite);
    let faults = "[default.server]\nprot = 1\n[prod.logs]\nlevel = \"loud\"";
    fs::write(program.directory().join("config.toml"), faults).unwrap();

    let refused = program.run(&["serve"]).refused();

    for fault in [
        "config.toml [default] server.prot: unknown key",
        "config.toml [prod] logs.level: found \"loud\"",
    ] {
        assert!(refused.contains(fault), "{refused}");
    }
}

#[rstest]
#[case::missing("", "is missing")]
#[case::short("31-bytes-are-one-byte-too-short", "is shorter than 32 bytes")]
#[case::placeholder("CHANGE-ME: at least 32 random bytes", "is a placeholder")]
fn every_secret_that_production_cannot_use_is_named_but_not_shown(#[case] secret: &str, #[case] fault: &str) {
    let program = Program::with(
        DatabaseKind::Sqlite,
        &PRODUCTION.map(|(name, value)| (name, if value.starts_with(SECRET) { secret } else { value })),
    );

    let refused = program.run(&["serve"]).refused();

    for key in [
        "security.password.pepper",
        "security.auth.jwt_secret",
        "security.cookies.key",
    ] {
        assert!(refused.contains(&format!("{key} {fault}")), "{refused}");
    }
    assert!(secret.is_empty() || !refused.contains(secret));
    assert!(!program.directory().join(".secrets.toml").exists());
}

#[tokio::test]
async fn the_first_local_start_writes_secrets_for_its_owner_alone_and_the_next_one_uses_them() {
    let mut server = Server::start(DatabaseKind::Sqlite);
    let file = server.directory().join(".secrets.toml");
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        server
            .log()
            .contains(".secrets.toml did not exist: it was written with fresh random secrets")
    );
    let cookie = server.user("alice").await.cookie().unwrap();

    server.stop();
    server.restart();

    assert!(!server.log().contains(".secrets.toml"));
    assert_eq!(fs::read_to_string(&file).unwrap(), written);
    server.carrying(&cookie).me().await.expect(200);
}

#[test]
fn what_is_exported_for_docker_is_for_its_owner_alone_and_told_by_name_only() {
    let mut program = Program::with(DatabaseKind::Sqlite, &PRODUCTION);
    let file = program.directory().join(".env.prod");
    let complaint = program.run(&["config", "dotenv"]).refused();
    assert!(complaint.contains("postgres.password is missing"), "{complaint}");
    assert!(!file.exists());

    program.set("APP_POSTGRES__PASSWORD", SECRET);
    let said = program.run(&["config", "dotenv"]).succeeded();

    assert_eq!(
        said,
        ".env.prod was written: APP_ENV, POSTGRES_DB, POSTGRES_PASSWORD, POSTGRES_PORT, POSTGRES_USER, SERVER_PORT\n"
    );
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let written = fs::read_to_string(&file).unwrap();
    assert!(
        written.contains(&format!("\nPOSTGRES_PASSWORD='{SECRET}'\n")),
        "{written}"
    );
}

#[tokio::test]
async fn local_listens_on_loopback_and_a_name_that_is_not_ours_does_no_harm() {
    let server = Server::start_with(
        DatabaseKind::Sqlite,
        &[("APP_PORT", "http"), ("SERVER__PORT", "http"), ("PORT", "1")],
    );
    assert!(
        server.base_url().starts_with("http://127.0.0.1:"),
        "{}",
        server.base_url()
    );
    server.anonymous().get("/health/live").await.expect(200);
    let log = server.log();
    for warning in [
        "variable APP_PORT is not read: did you mean APP_POSTGRES__PORT or APP_SERVER__PORT?",
        "variable SERVER__PORT is not read: did you mean APP_SERVER__PORT?",
    ] {
        assert!(log.contains(warning), "{log}");
    }
}

#[tokio::test]
async fn a_secret_is_read_from_the_file_that_a_variable_names() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("pepper"), format!("{SECRET}\n")).unwrap();
    let server = Server::start_in(
        directory,
        DatabaseKind::Sqlite,
        &[("APP_SECURITY__PASSWORD__PEPPER_FILE", "pepper")],
    );
    server.user("alice").await;
    let directly = ("APP_SECURITY__PASSWORD__PEPPER", SECRET);
    let shown = server.run(&["config", "show"]).succeeded();
    assert!(
        shown.contains("pepper = \"[redacted]\" # variable APP_SECURITY__PASSWORD__PEPPER_FILE"),
        "{shown}"
    );

    let both = server.command(&["serve"]).env(directly.0, directly.1).assert().code(1);

    let complaint = String::from_utf8_lossy(&both.get_output().stderr).into_owned();
    assert!(
        complaint.contains("APP_SECURITY__PASSWORD__PEPPER is set, too"),
        "{complaint}"
    );
    let mut mixed_up = server.command(&["serve"]);
    let mixed_up = mixed_up
        .env("APP_SECURITY__PASSWORD__PEPPER_FILE", SECRET)
        .assert()
        .code(1);
    let complaint = String::from_utf8_lossy(&mixed_up.get_output().stderr).into_owned();
    assert!(complaint.contains("it names no file that can be read"), "{complaint}");
    assert!(!complaint.contains(SECRET), "{complaint}");
}

#[test]
fn a_port_that_is_taken_is_said_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let program = Program::with(
        DatabaseKind::Sqlite,
        &[
            &forger::SECRETS[..],
            &[("APP_SERVER__PORT", &port), ("APP_LOGS__LEVEL", "error")],
        ]
        .concat(),
    );

    let complaint = program.run(&["serve"]).refused();

    let advice =
        format!("cannot listen on 127.0.0.1:{port}: choose another server.host or server.port (APP_SERVER__PORT)");
    assert!(complaint.starts_with(&advice), "{complaint}");
}

#[rstest]
#[case::check(&["config", "check"])]
#[case::serve(&["serve"])]
fn keys_that_cannot_sign_are_refused_before_the_first_log_in(#[case] arguments: &[&str]) {
    let keys = [
        ("APP_SECURITY__AUTH__JWT_ALGORITHM", "RS256"),
        ("APP_SECURITY__AUTH__JWT_PRIVATE_KEY_FILE", "key.pem"),
        ("APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE", "key.pem"),
        ("APP_LOGS__LEVEL", "error"),
    ];
    let program = Program::with(DatabaseKind::Sqlite, &[&forger::SECRETS[..], &keys].concat());
    fs::write(program.directory().join("key.pem"), "no key").unwrap();

    let complaint = program.run(arguments).refused();

    assert!(
        complaint.starts_with("security.auth.jwt_private_key_file and jwt_public_key_file"),
        "{complaint}"
    );
}

#[tokio::test]
async fn sessions_can_be_signed_with_a_pair_of_keys() {
    let directory = tempfile::tempdir().unwrap();
    let [private_key, public_key] = write_rsa_keys(directory.path(), "tokens");
    let server = forger::start_with_known_secrets(
        DatabaseKind::Sqlite,
        &[
            ("APP_SECURITY__AUTH__JWT_ALGORITHM", "RS256"),
            ("APP_SECURITY__AUTH__JWT_PRIVATE_KEY_FILE", &private_key),
            ("APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE", &public_key),
        ],
    );

    let alice = server.user("alice").await;

    alice.me().await.expect(200);
    let (header, _) = forger::token_in(&alice.cookie().unwrap());
    assert_eq!(header["alg"], "RS256");
}
