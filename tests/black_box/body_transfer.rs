//! How a body arrives: its size, its media type, its pace.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use reqwest::{
    Method,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use test_database::DatabaseKind;

use crate::support::{
    Client, OpenTo, Operation, Server, blamed,
    bodies::{Bodies, SECRET},
    exchange,
};

/// Longest body that is read, in bytes.
const LIMIT: usize = 64 * 1024;

#[tokio::test]
async fn a_body_over_the_limit_is_too_large_whether_announced_or_not() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    for (operation, client) in target.operations() {
        for length in [LIMIT + 1, 1 << 20] {
            let text = SECRET.repeat(length)[..length - 2].to_owned();
            for body in [format!("\"{text}\""), format!(r#"{{"username":"{text}"}}"#)] {
                target
                    .refusal(&operation, client, body)
                    .await
                    .problem(413, "payload_too_large");
            }
        }
        let unknown = r#"{"unknown":1}"#;
        let largest = " ".repeat(LIMIT - unknown.len()) + unknown;
        assert_eq!(
            blamed(&target.refusal(&operation, client, largest).await),
            ["unknown", "username"],
            "just within the limit"
        );

        // Nothing of it has to arrive.
        let announced = head(&operation, client, &format!("content-length: {}", LIMIT + 1));
        assert_eq!(exchange(&target.server, announced.as_bytes()).unwrap().status, 413);

        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000)).repeat(LIMIT / 0x1000);
        let head = head(&operation, client, "transfer-encoding: chunked");
        let answer = exchange(&target.server, format!("{head}{chunk}1\r\nx\r\n").as_bytes()).unwrap();
        assert_eq!(answer.status, 413, "{answer:?}");
        assert!(answer.body.contains("payload_too_large"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_in_utf_8_is_not_read() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    for (operation, client) in target.operations() {
        let send = async |media_type: &str, body: &str| {
            let request = client.request(operation.method.clone(), operation.path);
            client
                .send(request.header(CONTENT_TYPE, media_type).body(body.to_owned()))
                .await
        };
        let body = operation.body.unwrap();
        for wrong in [
            "",
            "json",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/problem+json",
            "application/json; charset=utf-16",
            "application/json; charset=iso-8859-1",
            "application/json, text/plain",
        ] {
            let answer = send(wrong, body).await;
            let problem = answer.problem(415, "unsupported_media_type");
            assert!(
                problem["detail"]
                    .as_str()
                    .unwrap()
                    .contains("`Content-Type: application/json`"),
                "{problem}"
            );
            assert_eq!(answer.header("accept"), Some("application/json"), "{answer:?}");
        }
        let undeclared = client.request(operation.method.clone(), operation.path).body(body);
        client.send(undeclared).await.problem(415, "unsupported_media_type");
        let empty = client.request(operation.method.clone(), operation.path);
        client.send(empty).await.problem(415, "unsupported_media_type");

        for right in [
            "APPLICATION/JSON",
            "application/json; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert_eq!(blamed(&send(right, "{}").await).len(), 1, "{right}");
        }
    }
}

#[tokio::test]
async fn a_body_with_a_content_coding_is_not_read() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    for (operation, client) in target.operations() {
        let send = async |codings: &[&str]| {
            let request = client.request(operation.method.clone(), operation.path);
            let request = request.header(CONTENT_TYPE, "application/json").body("{}");
            let coded = codings
                .iter()
                .fold(request, |request, coding| request.header(CONTENT_ENCODING, *coding));
            client.send(coded).await
        };
        for wrong in [&["gzip"][..], &["identity, br"], &["identity", "GZIP"], &["s3cr3t"]] {
            let answer = send(wrong).await;
            answer.problem(415, "unsupported_media_type");
            assert_eq!(answer.header("accept-encoding"), Some("identity"), "{answer:?}");
            assert!(!answer.text.contains(SECRET), "{answer:?}");
        }
        for right in [&["identity"][..], &["Identity, ,identity"], &["", "identity"]] {
            assert_eq!(blamed(&send(right).await), ["username"], "{right:?}");
        }
    }
}

#[tokio::test]
async fn a_client_that_waits_is_asked_for_a_body_only_if_it_is_going_to_be_read() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    let stranger = target.server.anonymous();
    let expecting = |framing: &str| format!("expect: 100-continue\r\n{framing}");
    for (operation, client) in target.operations() {
        for (caller, framing, status) in [
            (client, format!("content-length: {}", LIMIT + 1), 413),
            (client, "content-length: 2\r\ncontent-encoding: gzip".to_owned(), 415),
            (
                &stranger,
                "content-length: 2".to_owned(),
                if operation.open_to == OpenTo::Authenticated {
                    401
                } else {
                    100
                },
            ),
            (client, "content-length: 2".to_owned(), 100),
            (client, "transfer-encoding: chunked".to_owned(), 100),
        ] {
            let request = head(&operation, caller, &expecting(&framing));
            let answer = exchange(&target.server, request.as_bytes()).unwrap();
            assert_eq!(answer.status, status, "{request}: {answer:?}");
        }
        let nowhere = head(&operation, client, &expecting("content-length: 2")).replacen(" /api/", " /nowhere/", 1);
        assert_eq!(exchange(&target.server, nowhere.as_bytes()).unwrap().status, 404);

        // Whether the client waits or not, the rest is as usual: an answer, and another one on the same connection.
        for pause in [0, 50] {
            let request = head(&operation, client, &expecting("content-length: 2"));
            let next = "GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
            let answers = converse(&target.server, &[&request, "{}", next], Duration::from_millis(pause));
            // A body that has come already need not be asked for.
            let statuses = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]);
            let statuses = statuses.filter(|status| *status != "100");
            assert_eq!(Vec::from_iter(statuses), ["422", "200"], "{answers}");
        }
    }
}

/// Sends the parts with pauses between them, and returns all that the server answers until it closes.
fn converse(server: &Server, parts: &[&str], pause: Duration) -> String {
    let mut stream = TcpStream::connect(server.base_url().trim_start_matches("http://")).unwrap();
    for part in parts {
        stream.write_all(part.as_bytes()).unwrap();
        thread::sleep(pause);
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    answers
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_only_so_long() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[("APP_SERVER__REQUEST_TIMEOUT_SECONDS", "1")]).await;
    let target = &target;
    std::thread::scope(|scope| {
        for (operation, client) in target.operations() {
            scope.spawn(move || {
                let request = format!("{}{{\"username\"", head(&operation, client, "content-length: 100"));
                let answer = exchange(&target.server, request.as_bytes()).unwrap();
                assert_eq!(answer.status, 408, "{answer:?}");
                assert!(answer.body.contains("request_timeout"), "{answer:?}");
            });
        }
    });
}

#[tokio::test]
async fn a_body_where_none_belongs_is_ignored() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    for (method, path) in [
        (Method::GET, "/api/v1/account/me"),
        (Method::GET, "/api/v1/users/"),
        (Method::DELETE, "/api/v1/account/logout"),
    ] {
        let answer = target.root.send_json(&method, path, "{").await;
        assert!(answer.status.is_success(), "{path}: {answer:?}");
    }
}

/// The head of a request to `operation` by `client`, with a body of JSON framed as `framing` says.
fn head(operation: &Operation, client: &Client, framing: &str) -> String {
    let cookie = client.cookie().unwrap_or_default();
    format!(
        "{} {} HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n{framing}\r\n\r\n",
        operation.method, operation.path
    )
}
