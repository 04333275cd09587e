//! How a body arrives: its size, its media type, its pace.

use reqwest::{Method, header::CONTENT_TYPE};
use test_database::DatabaseKind;

use crate::support::{
    Client, Operation, blamed,
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
            ["unknown"],
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
            send(wrong, body).await.problem(415, "unsupported_media_type");
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
