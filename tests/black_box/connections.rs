//! Too many connections: which are closed, which wait, which are rejected, and in [`memory`] what they take.

mod memory;

use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use test_database::DatabaseKind;
use tokio::net::TcpSocket;

use crate::support::{Client, PASSWORD, Server};

const ALICE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const BOBBY: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

/// More than anything takes that need not wait, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);

const ALIVE: &str = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";

fn max(connections: &str) -> (&str, &str) {
    ("APP_SERVER__MAX_CONNECTIONS", connections)
}

fn max_per_client(connections: &str) -> (&str, &str) {
    ("APP_SERVER__MAX_CONNECTIONS_PER_CLIENT", connections)
}

async fn connect(address: &str, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    let stream = socket.connect(address.parse().unwrap()).await.unwrap();
    let stream = stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(AT_ONCE)).unwrap();
    stream
}

async fn connect_to(server: &Server, from: Ipv4Addr) -> TcpStream {
    connect(server.base_url().trim_start_matches("http://"), from).await
}

/// Asks for the health and returns whether it was told. An error means that the connection has ended.
fn is_alive(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(ALIVE.as_bytes())?;
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer)?;
    Ok(answer[..length].starts_with(b"HTTP/1.1 200 OK"))
}

/// A connection that was answered and is kept for another request.
async fn idle(server: &Server, from: Ipv4Addr) -> TcpStream {
    let mut stream = connect_to(server, from).await;
    assert!(is_alive(&mut stream).unwrap());
    // The server tells them apart by the millisecond.
    tokio::time::sleep(Duration::from_millis(5)).await;
    stream
}

/// A connection with a log-in in flight, whose body is missing.
async fn busy(server: &Server, from: Ipv4Addr) -> TcpStream {
    let mut stream = connect_to(server, from).await;
    let head = "POST /api/v1/account/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 2\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).unwrap();
    stream
}

/// Sends the body, which is refused for its shape.
fn finish(stream: &mut TcpStream) {
    stream.write_all(b"{}").unwrap();
    let mut answer = [0; 4096];
    let length = stream.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 422 "), "{answer:?}");
}

/// Waits for up to `time` for the server to close the connection.
fn ends_within(stream: &mut TcpStream, time: Duration) -> bool {
    stream.set_read_timeout(Some(time)).unwrap();
    let read = stream.read(&mut [0; 4096]);
    stream.set_read_timeout(Some(AT_ONCE)).unwrap();
    match read {
        Ok(length) => length == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

fn is_open(stream: &mut TcpStream) -> bool {
    !ends_within(stream, Duration::from_millis(20))
}

#[tokio::test]
async fn idle_connections_of_one_client_keep_no_other_out() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[max("6"), ("APP_SERVER__WORKERS", "2")]);
    let mut kept = Vec::new();
    for _ in 0..6 {
        kept.push(idle(&server, ALICE).await);
    }
    assert!(is_alive(&mut kept[0]).unwrap());

    let mut other = idle(&server, BOBBY).await;

    assert!(
        ends_within(&mut kept[1], AT_ONCE),
        "the connection that was idle for the longest time is open"
    );
    for index in [0, 2, 3, 4, 5] {
        assert!(is_alive(&mut kept[index]).unwrap(), "connection {index} is closed");
    }
    assert!(is_alive(&mut other).unwrap());
}

#[tokio::test]
async fn half_a_head_is_idle_however_it_arrives() {
    let metrics = ("APP_SERVER__METRICS_ADDR", "127.0.0.1:0");
    let server = Server::start_with(DatabaseKind::Sqlite, &[max("3"), metrics]);
    let mut other = idle(&server, BOBBY).await;
    let mut halves = Vec::new();
    for _ in 0..2 {
        let mut half = connect_to(&server, ALICE).await;
        half.write_all(b"GET /health/live HTTP/1.1\r\nx: ").unwrap();
        halves.push(half);
        let open = 1.0 + halves.len() as f64;
        while server.scrape().await.sum("gatehouse_client_connections", &[]) != open {}
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(is_alive(&mut other).unwrap());
    for half in &mut halves {
        half.write_all(b"x").unwrap();
    }

    idle(&server, BOBBY).await;

    assert!(ends_within(&mut halves[0], AT_ONCE));
    assert!(is_open(&mut halves[1]));
    assert!(is_alive(&mut other).unwrap());
}

#[tokio::test]
async fn connections_with_a_request_in_flight_are_not_closed_and_new_ones_wait_for_them() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[max("2")]);
    let mut first = busy(&server, ALICE).await;
    let mut second = busy(&server, ALICE).await;
    let mut waiting = connect_to(&server, BOBBY).await;
    waiting.write_all(ALIVE.as_bytes()).unwrap();
    assert!(
        !ends_within(&mut waiting, Duration::from_millis(500)),
        "it is not served"
    );

    finish(&mut first);

    assert!(waiting.read(&mut [0; 4096]).unwrap() > 0);
    assert!(ends_within(&mut first, AT_ONCE), "it is closed for the one that waited");
    finish(&mut second);
    assert!(is_alive(&mut second).unwrap());
}

#[tokio::test]
async fn what_waits_for_too_long_is_rejected() {
    let timeout = ("APP_SERVER__REQUEST_TIMEOUT_SECONDS", "1");
    let metrics = ("APP_SERVER__METRICS_ADDR", "127.0.0.1:0");
    let variables = [
        max("1"),
        timeout,
        metrics,
        ("APP_SECURITY__PASSWORD__BCRYPT_COST", "16"),
    ];
    let server = Server::start_with(DatabaseKind::Sqlite, &variables);
    let mut hashing = connect_to(&server, ALICE).await;
    hashing.write_all(log_in().as_bytes()).unwrap();
    while server.scrape().await.sum("http_server_active_requests", &[]) != 1.0 {}
    let mut waiting = connect_to(&server, BOBBY).await;

    assert!(ends_within(&mut waiting, AT_ONCE));

    let counted = server.scrape().await;
    let rejected = "gatehouse_client_connections_rejected_total";
    assert_eq!(counted.sum(rejected, &[("limit", "total")]), 1.0);
    assert_eq!(counted.sum("gatehouse_client_connections", &[]), 1.0);
    assert!(server.log().contains("server.max_connections = 1 "), "{}", server.log());
}

fn log_in() -> String {
    let body = format!(r#"{{"username":"nobody","password":"{PASSWORD}"}}"#);
    let head = "POST /api/v1/account/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json";
    format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_client_at_its_limit_loses_its_own_idlest_connection() {
    let metrics = ("APP_SERVER__METRICS_ADDR", "127.0.0.1:0");
    let server = Server::start_with(DatabaseKind::Sqlite, &[max_per_client("2"), metrics]);
    let mut other = idle(&server, BOBBY).await;
    let mut first = idle(&server, ALICE).await;
    let mut second = idle(&server, ALICE).await;

    let mut third = idle(&server, ALICE).await;

    assert!(ends_within(&mut first, AT_ONCE));
    for stream in [&mut second, &mut third, &mut other] {
        assert!(is_alive(stream).unwrap());
    }
    let counted = server.scrape().await;
    let closed = "gatehouse_client_connections_closed_total";
    assert_eq!(counted.sum(closed, &[("limit", "client")]), 1.0);
    assert_eq!(counted.sum(closed, &[]), 1.0);
    assert_eq!(counted.sum("gatehouse_client_connections", &[]), 3.0);
    assert_eq!(counted.sum("gatehouse_client_connections_max", &[]), 900.0);
}

#[tokio::test]
async fn a_client_whose_connections_are_all_busy_is_rejected_alone() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[max_per_client("2")]);
    let mut kept = [busy(&server, ALICE).await, busy(&server, ALICE).await];

    let mut third = connect_to(&server, ALICE).await;

    assert!(ends_within(&mut third, AT_ONCE));
    idle(&server, BOBBY).await;
    for stream in &mut kept {
        finish(stream);
        assert!(is_alive(stream).unwrap());
    }
}

#[tokio::test]
async fn a_trusted_proxy_has_no_limit_of_its_own() {
    let proxies = ("APP_SERVER__TRUSTED_PROXIES", r#"["127.0.0.2"]"#);
    let server = Server::start_with(DatabaseKind::Sqlite, &[max_per_client("2"), proxies]);
    let mut kept = Vec::new();
    for _ in 0..10 {
        kept.push(idle(&server, ALICE).await);
    }
    for stream in &mut kept {
        assert!(is_alive(stream).unwrap());
    }
}

#[tokio::test]
async fn health_is_told_on_the_metrics_listener_whatever_keeps_the_others_busy() {
    let metrics = ("APP_SERVER__METRICS_ADDR", "127.0.0.1:0");
    let server = Server::start_with(DatabaseKind::Sqlite, &[max("1"), metrics]);
    let mut kept = vec![busy(&server, ALICE).await];
    let address = server.metrics_address();
    for _ in 0..20 {
        let mut scraper = connect(&address, ALICE).await;
        assert!(is_alive(&mut scraper).unwrap());
        kept.push(scraper);
    }

    let probe = Client::new(&format!("http://{address}"));
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(probe.get(path).await.expect(200), serde_json::json!({"status": "ok"}));
    }
    finish(&mut kept[0]);
}

#[tokio::test]
async fn connections_that_wait_do_not_delay_the_stop() {
    let mut server = Server::start_with(DatabaseKind::Sqlite, &[max("1")]);
    let mut running = busy(&server, ALICE).await;
    let mut waiting = connect_to(&server, BOBBY).await;
    assert!(is_open(&mut waiting));
    server.signal("TERM");
    tokio::time::sleep(Duration::from_millis(200)).await;
    finish(&mut running);

    let start = Instant::now();
    assert_eq!(server.wait().code(), Some(0));

    assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
    assert!(ends_within(&mut waiting, AT_ONCE));
}
