//! Stopping: what runs is finished, nothing new is begun, nobody who is silent is waited for.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use rstest::rstest;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{PASSWORD, Server};

/// Far less than the time that running requests get to finish.
const AT_ONCE: Duration = Duration::from_secs(10);

#[apply(on_every_database)]
#[rstest]
#[tokio::test]
async fn a_running_request_is_answered_while_new_connections_are_refused(
    database: DatabaseKind,
    #[values("TERM", "INT")] signal: &str,
) {
    let mut server = Server::start(database);
    server.user("alice").await;
    let running = LogIn::begin(&server);

    server.signal(signal);
    wait_until_refused(&server);

    let answer = running.finish();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("set-cookie: access_token="), "{answer}");
    assert!(answer.ends_with('}'), "{answer}");
    assert_eq!(server.wait().code(), Some(0));
}

#[apply(on_every_database)]
#[tokio::test]
async fn silent_connections_do_not_delay_the_stop(database: DatabaseKind) {
    let mut server = Server::start(database);
    let mut kept_alive = connect(&server);
    kept_alive
        .write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let answered = kept_alive.read(&mut [0; 4096]).unwrap();
    assert!(answered > 0);
    let never_used = connect(&server);

    let start = Instant::now();
    let status = server.stop();

    assert_eq!(status.code(), Some(0));
    assert!(start.elapsed() < AT_ONCE, "{:?}:\n{}", start.elapsed(), server.log());
    for connection in [kept_alive, never_used] {
        assert_eq!(rest_of(connection), "");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_second_signal_cuts_what_runs(database: DatabaseKind) {
    let mut server = Server::start(database);
    server.user("alice").await;
    let running = LogIn::begin(&server);
    server.signal("TERM");
    wait_until_refused(&server);

    let start = Instant::now();
    server.signal("TERM");

    assert_eq!(server.wait().code(), Some(0));
    assert!(start.elapsed() < AT_ONCE, "{:?}:\n{}", start.elapsed(), server.log());
    assert_eq!(rest_of(running.connection), "");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_request_that_does_not_finish_in_time_is_cut(database: DatabaseKind) {
    let mut server = Server::start_with(database, &[("APP_SERVER__SHUTDOWN_TIMEOUT_SECONDS", "1")]);
    server.user("alice").await;
    let running = LogIn::begin(&server);

    let start = Instant::now();
    assert_eq!(server.stop().code(), Some(0));

    assert!(start.elapsed() < AT_ONCE, "{:?}:\n{}", start.elapsed(), server.log());
    assert_eq!(rest_of(running.connection), "");
}

#[tokio::test]
async fn a_stopped_server_leaves_its_database_in_one_file() {
    let mut server = Server::start(DatabaseKind::Sqlite);
    server.user("alice").await;

    server.stop();

    let files = fs::read_dir(server.directory().join("data")).unwrap();
    let names = Vec::from_iter(files.map(|file| file.unwrap().file_name()));
    assert_eq!(names, ["gatehouse.db"]);
    assert!(server.log().ends_with(" stopped\n"), "{}", server.log());
}

/// A log-in that runs until its body is sent.
struct LogIn {
    connection: TcpStream,
    body: String,
}

impl LogIn {
    /// Sends the head, and waits until the server asks for the body.
    fn begin(server: &Server) -> Self {
        let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
        let head = format!(
            "POST /api/v1/account/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        );
        let mut connection = connect(server);
        connection.write_all(head.as_bytes()).unwrap();
        let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
        connection.read_exact(&mut go_on).unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { connection, body }
    }

    /// Sends the body. Returns all that the server answers before it closes the connection.
    fn finish(mut self) -> String {
        self.connection.write_all(self.body.as_bytes()).unwrap();
        rest_of(self.connection)
    }
}

fn connect(server: &Server) -> TcpStream {
    let connection = TcpStream::connect(address(server)).unwrap();
    connection.set_read_timeout(Some(AT_ONCE)).unwrap();
    connection
}

fn address(server: &Server) -> &str {
    server.base_url().trim_start_matches("http://")
}

/// Waits until nobody listens any more.
fn wait_until_refused(server: &Server) {
    let start = Instant::now();
    while TcpStream::connect(address(server)).is_ok() {
        assert!(
            start.elapsed() < AT_ONCE,
            "connections are still accepted:\n{}",
            server.log()
        );
        thread::sleep(Duration::from_millis(1));
    }
}

/// All that is still to be read before the connection ends, be it closed or cut.
fn rest_of(mut connection: TcpStream) -> String {
    let mut bytes = Vec::new();
    if let Err(error) = connection.read_to_end(&mut bytes) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    String::from_utf8(bytes).unwrap()
}
