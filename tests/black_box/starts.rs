//! What a start finds, makes and leaves behind.

use std::net::TcpListener;

use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::{Program, Server, forger::SECRETS};

#[rstest]
#[case::of_the_api("APP_SERVER__PORT")]
#[case::of_the_metrics("APP_SERVER__METRICS_ADDR")]
fn a_start_whose_port_is_taken_leaves_nothing_behind(#[case] variable: &str) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let value = match variable {
        "APP_SERVER__PORT" => address.port().to_string(),
        _ => address.to_string(),
    };
    let program = Program::with(DatabaseKind::Sqlite, &[(variable, &value)]);

    let refusal = program.run(&["serve"]).refused();

    assert!(
        refusal.starts_with(&format!("cannot listen on {address}: ")),
        "{refusal}"
    );
    assert_eq!(program.directory().read_dir().unwrap().count(), 0);
}

#[test]
fn a_start_without_its_keys_leaves_nothing_behind() {
    let rsa = [
        ("APP_SECURITY__AUTH__JWT_ALGORITHM", "RS256"),
        ("APP_SECURITY__AUTH__JWT_PRIVATE_KEY_FILE", "key.pem"),
        ("APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE", "key.pub.pem"),
    ];
    let program = Program::with(DatabaseKind::Sqlite, &rsa);
    let refusal = program.run(&["serve"]).refused();
    assert!(refusal.contains("jwt_private_key_file"), "{refusal}");
    assert_eq!(program.directory().read_dir().unwrap().count(), 0);
}

#[test]
fn a_start_says_where_its_database_is_and_whether_it_made_it() {
    let mut server = Server::of(Program::with(DatabaseKind::Sqlite, &SECRETS));
    let file = server.directory().join("data/gatehouse.db");
    let made = format!("there was no database: the file {} was made\n", file.display());
    assert!(server.log().contains(&made), "{}", server.log());
    server.stop();
    server.restart();
    let found = format!("the database is the file {}\n", file.display());
    assert!(server.log().contains(&found), "{}", server.log());
}
