//! Clients that take their time, or take up connections: they lose theirs, and others are served meanwhile.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::{PASSWORD, Server};

/// The time that a head, a body or an unread answer gets in these tests.
const LIMIT: (&str, &str) = ("APP_SERVER__REQUEST_TIMEOUT_SECONDS", "2");

/// When a connection must have ended that has exceeded it: a second is for Actix, the rest for a busy machine.
const ENDED: Duration = Duration::from_secs(8);

const ALIVE: &str = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
const LOG_IN: &str = "POST /api/v1/account/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.base_url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    stream
}

fn opened_with(server: &Server, bytes: &str) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(bytes.as_bytes()).unwrap();
    stream
}

/// Whether the server has closed or cut the connection; what it has answered is read.
fn has_ended(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 4096]) {
        Ok(length) => length == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// Sends these bytes on each connection now and then until all have ended, while others are answered at once.
async fn assert_end_while_others_are_served(server: &Server, streams: Vec<TcpStream>, bytes: &[u8]) {
    let alice = server.user("alice").await;
    let mut streams = streams;
    let start = Instant::now();
    while !streams.is_empty() {
        assert!(start.elapsed() < ENDED, "{} are still there", streams.len());
        streams.retain_mut(|stream| stream.write_all(bytes).is_ok() && !has_ended(stream));
        let asked = Instant::now();
        alice.me().await.expect(200);
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn heads_and_bodies_that_come_byte_by_byte_are_given_up_while_others_are_served() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[LIMIT]);
    let endless = format!("{LOG_IN}transfer-encoding: chunked\r\n\r\nffff\r\n{{");
    let streams = (0..300).map(|number| match number % 3 {
        0 => opened_with(&server, "GET /health/live HTTP/1.1\r\nhost: x\r\nx: "),
        1 => opened_with(&server, &format!("{LOG_IN}content-length: 1000\r\n\r\n{{")),
        _ => opened_with(&server, &endless),
    });
    assert_end_while_others_are_served(&server, streams.collect(), b" ").await;
}

#[tokio::test]
async fn a_later_head_on_a_connection_gets_no_more_time_than_the_first() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[LIMIT]);
    let streams = [
        opened_with(&server, &format!("{ALIVE}GET /health/li")),
        opened_with(&server, &ALIVE.repeat(100)),
    ];
    assert_end_while_others_are_served(&server, streams.into(), b"x").await;
}

#[rstest]
#[case::chunk_by_chunk(b"1\r\nx\r\n")]
#[case::silent(b"")]
#[tokio::test]
async fn a_body_that_nobody_waits_for_does_not_go_on_for_ever(#[case] bytes: &[u8]) {
    let server = Server::start_with(DatabaseKind::Sqlite, &[LIMIT]);
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let streams = [
        // Refused without being read, for its media type; or at once, for its size.
        opened_with(
            &server,
            &LOG_IN.replace("json\r\n", "xml\r\ntransfer-encoding: chunked\r\n\r\n"),
        ),
        opened_with(
            &server,
            &format!("{LOG_IN}transfer-encoding: chunked\r\n\r\n{}", chunk.repeat(20)),
        ),
        opened_with(
            &server,
            "GET /health/live HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n",
        ),
    ];
    assert_end_while_others_are_served(&server, streams.into(), bytes).await;
}

#[tokio::test]
async fn a_connection_that_is_idle_is_kept_for_its_time_and_no_longer() {
    let keep_alive = ("APP_SERVER__KEEP_ALIVE_SECONDS", "3");
    let server = Server::start_with(DatabaseKind::Sqlite, &[LIMIT, keep_alive]);
    let mut stream = opened_with(&server, ALIVE);
    let start = Instant::now();
    while !has_ended(&mut stream) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let lived = start.elapsed();
    assert!(
        Duration::from_millis(2500) < lived && lived < Duration::from_secs(5),
        "{lived:?}"
    );
}

#[tokio::test]
async fn who_does_not_read_answers_is_not_read_from_and_cut() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[LIMIT]);
    let before = server.resident_kilobytes();
    let mut stream = connect(&server);
    stream.set_write_timeout(Some(ENDED)).unwrap();
    let start = Instant::now();
    // Answers without a body, which Actix would collect without limit.
    let requests = "GET / HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
    let error = loop {
        assert!(start.elapsed() < ENDED, "it is still read from");
        if let Err(error) = stream.write_all(requests.as_bytes()) {
            break error;
        }
    };
    assert!(
        !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{error}"
    );
    let grown = server.resident_kilobytes() - before;
    assert!(grown < 32 * 1024, "{grown} KiB more");
    server.user("alice").await;
}

#[tokio::test]
async fn a_slow_request_that_keeps_within_the_limits_is_answered() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[LIMIT]);
    server.user("alice").await;
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let request = format!("{LOG_IN}content-length: {}\r\n\r\n{body}", body.len());
    let mut stream = connect(&server);
    stream.set_read_timeout(Some(ENDED)).unwrap();
    let pause = Duration::from_millis(1600);
    // Head and body of the second request take 1.6 s each, after a connection that was idle for longer than either may.
    for _ in 0..2 {
        let (first, rest) = request.split_at(20);
        let (second, third) = rest.split_at(rest.len() - 20);
        for part in [first, second, third] {
            stream.write_all(part.as_bytes()).unwrap();
            tokio::time::sleep(pause).await;
        }
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));
        tokio::time::sleep(pause * 2).await;
    }
}
