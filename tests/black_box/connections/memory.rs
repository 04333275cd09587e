//! What connections take of the memory of the server.

use std::{
    fs,
    io::{ErrorKind, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use test_database::DatabaseKind;

use super::{ALICE, connect_to, is_open, log_in};
use crate::support::Server;

/// Sends until the server has taken everything, reads no more, or has ended the connection.
async fn send_what_is_taken(stream: &mut TcpStream, mut bytes: &[u8]) {
    stream.set_nonblocking(true).unwrap();
    let start = Instant::now();
    while !bytes.is_empty() && start.elapsed() < Duration::from_millis(200) {
        match stream.write(bytes) {
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(_) => break,
        }
    }
    stream.set_nonblocking(false).unwrap();
}

/// Opens 40 connections that send these bytes, and returns by how many KiB the memory of the server has grown then.
async fn growth(server: &Server, bytes: &str) -> usize {
    let before = server.resident_kilobytes();
    let mut streams = Vec::new();
    for _ in 0..40 {
        let mut stream = connect_to(server, ALICE).await;
        send_what_is_taken(&mut stream, bytes.as_bytes()).await;
        streams.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.resident_kilobytes().saturating_sub(before)
}

/// How many of the bytes that were sent on `stream` are still in the kernel, on either side.
fn unread(stream: &TcpStream) -> usize {
    let ports = (stream.local_addr().unwrap().port(), stream.peer_addr().unwrap().port());
    let port = |address: &str| u16::from_str_radix(address.split_once(':')?.1, 16).ok();
    let queued = |line: &str| {
        let fields = Vec::from_iter(line.split_whitespace());
        let (sent, received) = fields[4].split_once(':')?;
        let (local, remote) = (port(fields[1])?, port(fields[2])?);
        let queue = match ports {
            _ if ports == (local, remote) => sent,
            _ if ports == (remote, local) => received,
            _ => return None,
        };
        usize::from_str_radix(queue, 16).ok()
    };
    let sockets = fs::read_to_string("/proc/net/tcp").unwrap();
    sockets.lines().skip(1).filter_map(queued).sum()
}

#[tokio::test]
async fn requests_behind_one_in_flight_are_not_read_into_memory() {
    let slow = ("APP_SECURITY__PASSWORD__BCRYPT_COST", "16");
    let server = Server::start_with(DatabaseKind::Sqlite, &[slow]);
    let mut stream = connect_to(&server, ALICE).await;
    let more = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(50_000)).repeat(15);
    let bytes = log_in() + &more;

    stream.write_all(bytes.as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;

    assert!(is_open(&mut stream), "the log-in is answered already");
    let read = bytes.len() - unread(&stream);
    assert!(read <= (64 + 2 * 64) * 1024, "{read} bytes were read");
}

#[tokio::test]
async fn half_requests_take_bounded_memory_again_and_again() {
    let server = Server::start(DatabaseKind::Sqlite);
    let head = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}", "x".repeat(60_000));
    let body = log_in().replace("content-length: ", "content-length: 60") + &" ".repeat(60_000);
    for half in [head, body] {
        for _ in 0..3 {
            let grown = growth(&server, &half).await;
            assert!(grown < 40 * 350, "{grown} KiB more");
        }
    }
}
