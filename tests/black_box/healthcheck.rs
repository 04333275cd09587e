//! `gatehouse healthcheck`, as a container asks: in a process of its own, with the configuration of the server.

use std::{fs, net::TcpListener};

use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::{Program, Server};

/// A proxy that nobody is to ask for loopback.
const PROXY: (&str, &str) = ("http_proxy", "http://127.0.0.1:1");

#[rstest]
#[case::live(&["healthcheck"], "/health/live")]
#[case::ready(&["healthcheck", "--ready"], "/health/ready")]
fn a_healthy_server_is_said_to_answer(#[case] arguments: &[&str], #[case] path: &str) {
    let server = Server::start(DatabaseKind::Sqlite);

    let said = asking(&server).run(arguments).succeeded();

    assert_eq!(said, format!("{}{path} answers 200 OK\n", server.base_url()));
}

#[test]
fn a_server_on_every_address_is_asked_on_loopback() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SERVER__HOST", "0.0.0.0")]);
    let mut program = asking(&server);
    program.set("APP_SERVER__HOST", "0.0.0.0");

    let said = program.run(&["healthcheck"]).succeeded();

    assert!(said.starts_with("http://127.0.0.1:"), "{said}");
}

#[test]
fn asking_needs_no_secrets_and_writes_nothing() {
    let server = Server::start(DatabaseKind::Sqlite);
    let mut program = asking(&server);
    program.set("APP_ENV", "prod");
    program.set("APP_SECURITY__PASSWORD__BCRYPT_COST", "10");

    program.run(&["healthcheck"]).succeeded();

    assert_eq!(fs::read_dir(program.directory()).unwrap().count(), 0);
}

#[test]
fn a_server_that_is_not_ready_is_quoted_with_the_reason() {
    let server = Server::start(DatabaseKind::Sqlite);
    server.run(&["migrate", "down", "--yes"]).succeeded();
    let program = asking(&server);

    let complaint = program.run(&["healthcheck", "--ready"]).refused();

    assert_eq!(
        complaint,
        format!(
            "{}/health/ready answers 503 Service Unavailable: Not ready: migrations are pending.\n",
            server.base_url()
        )
    );
    program.run(&["healthcheck"]).succeeded();
}

#[test]
fn a_server_that_does_not_run_is_said_not_to_answer() {
    let mut server = Server::start(DatabaseKind::Sqlite);
    server.stop();

    let complaint = asking(&server).run(&["healthcheck"]).refused();

    let expected = format!("{}/health/live does not answer: ", server.base_url());
    assert!(complaint.starts_with(&expected), "{complaint}");
    assert!(complaint.contains("refused"), "{complaint}");
}

#[test]
fn a_server_that_keeps_silent_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();

    let complaint = Program::with(DatabaseKind::Sqlite, &[("APP_SERVER__PORT", &port)])
        .run(&["healthcheck"])
        .refused();

    assert!(
        complaint.contains("/health/live does not answer: timeout"),
        "{complaint}"
    );
}

#[test]
fn a_port_that_nobody_can_know_is_refused() {
    let complaint = Program::with(DatabaseKind::Sqlite, &[("APP_SERVER__PORT", "0")])
        .run(&["healthcheck"])
        .refused();
    assert_eq!(
        complaint,
        "server.port is 0, so nobody can know where the server listens: set a port (APP_SERVER__PORT)\n"
    );
}

/// The program in a directory of its own, told the port of this server.
fn asking(server: &Server) -> Program {
    let (_, port) = server.base_url().rsplit_once(':').unwrap();
    Program::with(DatabaseKind::Sqlite, &[("APP_SERVER__PORT", port), PROXY])
}
