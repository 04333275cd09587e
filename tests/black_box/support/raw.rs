use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use super::Server;

/// How long the server may be silent before a connection is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer as it stands on the wire.
#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Sends these bytes, be they HTTP or not, and reads one answer. `None` if the server just closes the connection.
pub fn exchange(server: &Server, bytes: &[u8]) -> Option<RawAnswer> {
    exchange_in_parts(server, bytes, || (), b"")
}

/// Sends the first bytes, does something meanwhile, sends the rest, and reads one answer.
pub fn exchange_in_parts(server: &Server, first: &[u8], meanwhile: impl FnOnce(), rest: &[u8]) -> Option<RawAnswer> {
    let mut stream = TcpStream::connect(server.base_url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(first);
    meanwhile();
    let _ = stream.write_all(rest);

    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(answer) = complete(&answer) {
            return Some(answer);
        }
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
            Err(error) => {
                let is_reset = error.kind() == std::io::ErrorKind::ConnectionReset;
                assert!(is_reset, "{error} after {:?}", String::from_utf8_lossy(&answer));
                break;
            }
        }
    }
    assert!(
        answer.is_empty(),
        "half an answer: {:?}",
        String::from_utf8_lossy(&answer)
    );
    None
}

/// The answer, if all of it is there.
fn complete(bytes: &[u8]) -> Option<RawAnswer> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let head = head.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    (body.len() >= length).then(|| RawAnswer {
        status: head[9..12].parse().unwrap(),
        body: body.to_owned(),
        head,
    })
}
