//! A server that answers as it is told.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{self, Receiver},
    thread,
};

use serde_json::json;

/// Stands in for a server: gives these answers, one for each connection, or none if it is empty. Returns where it
/// listens, and what was asked.
pub fn stand_in(answers: &[&str]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers: Vec<_> = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let (asked, requests) = mpsc::channel();
    thread::spawn(move || {
        for answer in answers {
            let mut stream = listener.accept().unwrap().0;
            // The test may have ended.
            let _ = asked.send(read_request(&stream));
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, requests)
}

/// Reads all of a request, and returns its method and path under the API.
fn read_request(stream: &TcpStream) -> String {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    let request = line.split(" HTTP/").next().unwrap().replace("/api/v1", "");
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        lines.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    lines.read_exact(&mut vec![0; length]).unwrap();
    request
}

/// An answer of this status, with these lines of headers besides.
pub fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} -\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

/// The answer to a log-in.
pub fn welcome() -> String {
    answer(
        200,
        "set-cookie: access_token=x; Path=/; HttpOnly\r\n",
        r#"{"role":"admin"}"#,
    )
}

/// An answer that ends a session.
pub fn farewell() -> String {
    answer(204, "", "")
}

/// A problem document of this status and code.
pub fn problem(status: u16, code: &str) -> String {
    let body = json!({"detail": "No.", "code": code, "request_id": "r-1"});
    answer(status, "", &body.to_string())
}

/// The answer of a server that asks to come back later.
pub fn busy(retry_after: &str) -> String {
    let retry_after = format!("HTTP/1.1 503 -\r\nretry-after: {retry_after}");
    problem(503, "service_unavailable").replace("HTTP/1.1 503 -", &retry_after)
}
