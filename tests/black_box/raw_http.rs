//! Bytes that no HTTP library sends. Whatever they are, the answer is 4xx, and the server answers the next request.

use serde_json::Value;
use test_database::DatabaseKind;

use crate::support::{Server, exchange};

/// Sends each request, and asserts its status and, where the server comes far enough to write a document, its code.
fn assert_answers(server: &Server, cases: &[(String, u16, Option<&str>)]) {
    for (request, status, code) in cases {
        let shown = &request[..request.floor_char_boundary(80)];
        let answer = exchange(server, request.as_bytes()).unwrap_or_else(|| panic!("no answer to {shown:?}"));
        assert_eq!(answer.status, *status, "{shown:?}: {answer:?}");
        if let Some(code) = code {
            assert!(
                answer.head.contains("content-type: application/problem+json"),
                "{shown:?}: {answer:?}"
            );
            let problem: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(problem["code"], *code, "{shown:?}");
        } else {
            // What is not even HTTP is answered by the framework, without a word.
            assert_eq!(answer.body, "", "{shown:?}");
        }
        let next = exchange(server, b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        assert_eq!(next.status, 200, "after {shown:?}");
    }
    let log = server.log();
    assert!(!log.contains("panicked"), "{log}");
}

fn get(path: &str) -> String {
    request("GET", path, "")
}

fn request(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n")
}

#[test]
fn strange_paths_lead_nowhere() {
    let server = Server::start(DatabaseKind::Sqlite);
    let nowhere = Some("route_not_found");
    assert_answers(
        &server,
        &[
            (get("/%zz"), 404, nowhere),
            (get("/%"), 404, nowhere),
            (get("/%FF"), 404, nowhere),
            (get("/%00"), 404, nowhere),
            (get("/api/v1/account/me%00"), 404, nowhere),
            (get("/%F0%9F%A6%80"), 404, nowhere),
            (get("//api//v1//"), 404, nowhere),
            (get("/api/v1//"), 404, nowhere),
            (get("/api/v1/%"), 404, nowhere),
            (get("/api/v1/users/%00"), 404, nowhere),
            (get("/api/v1/../v1/"), 404, nowhere),
            (get("/api/v1/%2e%2e/v1/"), 404, nowhere),
            (get("/docs/../../etc/passwd"), 404, nowhere),
            (get("/docs/%2e%2e/%2e%2e/etc/passwd"), 404, nowhere),
            (get("/docs//etc/passwd"), 404, nowhere),
            (get(&format!("/{}", "a/".repeat(4_000))), 404, nowhere),
            (request("OPTIONS", "*", ""), 404, nowhere),
            (request("CONNECT", "x:80", ""), 404, nowhere),
        ],
    );
}

#[test]
fn strange_methods_are_not_allowed() {
    let server = Server::start(DatabaseKind::Sqlite);
    let cases = ["OPTIONS", "TRACE", "BREW", "get", "PROPFIND"].map(|method| {
        (
            request(method, "/api/v1/account/me", ""),
            405,
            Some("method_not_allowed"),
        )
    });
    assert_answers(&server, &cases);
}

#[test]
fn strange_headers_are_no_log_in() {
    let server = Server::start(DatabaseKind::Sqlite);
    let nobody = Some("not_authenticated");
    let cases = [
        "cookie: é=ü\r\n",
        "cookie: ;;;=;=\r\n",
        "cookie: access_token=%00\r\n",
        "cookie: access_token=a\r\ncookie: access_token=b\r\n",
        "cookie: access_token=é; access_token=\r\n",
        "authorization: Bearer access_token\r\n",
        "x-request-id: é\r\n",
        &format!("cookie: {}\r\n", "access_token=a; ".repeat(2000)),
    ]
    .map(|header| (request("GET", "/api/v1/account/me", header), 401, nobody));
    assert_answers(&server, &cases);
}

#[test]
fn a_head_that_is_too_large_is_refused_in_words_as_long_as_the_framework_reads_it() {
    let server = Server::start(DatabaseKind::Sqlite);
    let target = |length: usize| format!("/{}", "x".repeat(length - 1));
    let query = |length: usize| format!("/?{}", "x".repeat(length - 2));
    // Beside the value: the field `host: x`, the name of this one, and what is between.
    let fields = |size: usize| request("GET", "/nowhere", &format!("x: {}\r\n", "y".repeat(size - 9 - 5)));
    let (nowhere, too_long) = (Some("route_not_found"), Some("uri_too_long"));
    assert_answers(
        &server,
        &[
            (get(&target(8 * 1024)), 404, nowhere),
            (get(&target(8 * 1024 + 1)), 414, too_long),
            (get(&query(8 * 1024 + 1)), 414, too_long),
            (get(&target(60_000)), 414, too_long),
            (get(&target(65_534)), 414, too_long),
            (get(&query(65_534)), 414, too_long),
            // The framework can hold no longer one.
            (get(&target(65_535)), 414, None),
            (get(&query(100_000)), 414, None),
            (get(&target(120_000)), 414, None),
            (get(&target(200_000)), 414, None),
            (fields(32 * 1024), 404, nowhere),
            (fields(32 * 1024 + 1), 431, Some("header_fields_too_large")),
            (fields(100_000), 431, Some("header_fields_too_large")),
            (request("GET", "/nowhere", &"x: y\r\n".repeat(95)), 404, nowhere),
            (request("GET", "/nowhere", &"x: y\r\n".repeat(96)), 431, None),
        ],
    );
    assert!(
        server.log().lines().all(|line| line.len() < 1000),
        "paths are cut in the log"
    );
}

#[test]
fn what_is_not_http_is_answered_without_a_word() {
    let server = Server::start(DatabaseKind::Sqlite);
    assert_answers(
        &server,
        &[
            ("garbage\r\n\r\n".to_owned(), 400, None),
            ("\x16\x03\x01\x02\0\x01\0".to_owned(), 400, None),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 400, None),
            ("GET / HTTP/9.9\r\nhost: x\r\n\r\n".to_owned(), 400, None),
            ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400, None),
            ("GET / HTTP/1.1\r\nno header\r\n\r\n".to_owned(), 400, None),
            (get("/api/v1/\0"), 400, None),
            (request("GET", "/", "cookie: a\0b\r\n"), 400, None),
            (request("GET", "/", &"x: y\r\n".repeat(200)), 431, None),
            (
                request("GET", "/", &format!("x: {}\r\n", "y".repeat(300_000))),
                431,
                None,
            ),
        ],
    );
}

#[test]
fn a_body_whose_end_is_in_doubt_is_refused() {
    let server = Server::start(DatabaseKind::Sqlite);
    let log_in = |framing: &str, body: &str| {
        let headers = format!("content-type: application/json\r\n{framing}");
        request("POST", "/api/v1/account/login", &headers) + body
    };
    let both = "content-length: 5\r\ntransfer-encoding: chunked\r\n";
    assert_answers(
        &server,
        &[
            (log_in(both, "0\r\n\r\n"), 400, None),
            (log_in("content-length: 2\r\ncontent-length: 3\r\n", "{} "), 400, None),
            (log_in("content-length: -1\r\n", ""), 400, None),
            (log_in("content-length: +2\r\n", "{}"), 400, None),
            (log_in("content-length: 99999999999999999999999\r\n", ""), 400, None),
            (log_in("transfer-encoding: gzip\r\n", "{}"), 400, None),
            (
                log_in("transfer-encoding: chunked\r\n", "zz\r\n"),
                400,
                Some("bad_request"),
            ),
            (log_in("", ""), 400, Some("malformed_json")),
        ],
    );
}

#[test]
fn a_request_whose_head_never_ends_is_given_up() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SERVER__REQUEST_TIMEOUT_SECONDS", "1")]);
    assert_answers(&server, &[("GET / HTTP/1.1\r\nhost: x".to_owned(), 408, None)]);
}
