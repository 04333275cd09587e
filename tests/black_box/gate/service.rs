//! The service behind the gate: a few lines of HTTP/1.1, which note what they are sent.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A request as it reached the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub target: String,
    /// By their names in lower case.
    pub headers: BTreeMap<String, Vec<String>>,
    pub body: Vec<u8>,
}

/// Answers every request with 200 and a greeting of the user, and echoes what comes through a WebSocket, byte by byte.
pub struct Service {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Service {
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let noted = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&noted)));
            }
        });
        Self { address, seen, task }
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a connection until it is closed.
async fn serve(mut stream: TcpStream, noted: Arc<Mutex<Vec<Seen>>>) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            read(&mut stream, &mut buffer).await?;
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ').map(str::to_owned);
        let mut seen = Seen {
            method: words.next()?,
            target: words.next()?,
            ..Seen::default()
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let values = seen.headers.entry(name.to_lowercase()).or_default();
            values.push(value.trim().to_owned());
        }
        let first = |name: &str| seen.headers.get(name).and_then(|values| values.first());
        let is_upgrade = first("upgrade").is_some_and(|value| value == "websocket");
        if first("transfer-encoding").is_some() {
            seen.body = read_chunks(&mut stream, &mut buffer).await?;
        } else if let Some(length) = first("content-length").and_then(|value| value.parse::<usize>().ok()) {
            while buffer.len() < length {
                read(&mut stream, &mut buffer).await?;
            }
            seen.body = buffer.drain(..length).collect();
        }
        let greeting = format!("hello {}", first("remote-user").map_or("nobody", |user| user));
        noted.lock().unwrap().push(seen);
        if is_upgrade {
            let answer = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
            stream.write_all(answer.as_bytes()).await.ok()?;
            loop {
                stream.write_all(&buffer).await.ok()?;
                buffer.clear();
                read(&mut stream, &mut buffer).await?;
            }
        }
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n{greeting}",
            greeting.len()
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// Reads more, or nothing if there is no more.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let length = stream.read_buf(buffer).await.ok()?;
    (length > 0).then_some(())
}

async fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(2).position(|window| window == b"\r\n") {
                break end;
            }
            read(stream, buffer).await?;
        };
        let length = usize::from_str_radix(str::from_utf8(&buffer[..end]).ok()?.trim(), 16).ok()?;
        while buffer.len() < end + 2 + length + 2 {
            read(stream, buffer).await?;
        }
        body.extend_from_slice(&buffer[end + 2..end + 2 + length]);
        buffer.drain(..end + 2 + length + 2);
        if length == 0 {
            return Some(body);
        }
    }
}
