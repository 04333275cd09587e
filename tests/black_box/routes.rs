//! Which paths answer which methods.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use test_database::{DatabaseKind, apply, on_every_database};
use uuid::Uuid;

use crate::support::{GUARDING, LISTED_IN, OpenTo, Page, Server, exchange, operations};

#[apply(on_every_database)]
#[tokio::test]
async fn every_path_of_the_api_answers_with_and_without_a_trailing_slash(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    server.super_admin("super").await;
    for operation in operations() {
        let bare = operation.path_with(&Uuid::nil().to_string());
        let bare = bare.trim_end_matches('/');
        let mut answers = Vec::new();
        for path in [bare.to_owned(), format!("{bare}/")] {
            // Logging out works once for each log-in, logging in once for each who is not.
            let client = match operation.open_to {
                OpenTo::Authenticated => &server.logged_in("super").await,
                OpenTo::Everyone | OpenTo::Anonymous => &server.anonymous(),
            };
            let body = operation.body.unwrap_or_default().replace("nobody", "super");
            let path = format!("{path}{}", operation.query);
            let answer = client.send_json(&operation.method, &path, body).await;
            let mut content: Value = serde_json::from_str(&answer.text).unwrap_or_default();
            for volatile in [
                "events",
                "next_cursor",
                "request_id",
                "session_expires_at",
                "sessions",
                "users",
            ] {
                content.as_object_mut().and_then(|content| content.remove(volatile));
            }
            answers.push((answer.status.as_u16(), content));
        }
        assert_eq!(answers[0], answers[1], "{bare}");
        let (status, content) = &answers[0];
        assert!(
            [operation.success, 403, 404, 409].contains(status),
            "{bare}: {answers:?}"
        );
        assert_ne!(content["code"], "route_not_found", "{bare}");
    }
}

#[tokio::test]
async fn a_path_has_no_other_spelling() {
    let server = Server::start_with(DatabaseKind::Sqlite, &GUARDING);
    let root = server.super_admin("super").await;
    let paths = ["/docs/", "/docs/swagger-ui.css", "/api/openapi.json"].map(|path| (Method::GET, path.to_owned()));
    let operations = operations().into_iter().map(|operation| {
        let path = operation.path_with(&Uuid::max().to_string());
        (operation.method, path)
    });
    for (method, path) in operations.chain(paths) {
        let last = path.trim_end_matches('/').len().saturating_sub(1);
        let last_letter = path.as_bytes()[last];
        let mut spellings = vec![
            format!("/{path}"),
            format!("{path}//"),
            path.replacen('/', "//", path.matches('/').count()),
            format!("{}%{last_letter:02x}{}", &path[..last], &path[last + 1..]),
            format!("{}%{last_letter:02X}{}", &path[..last], &path[last + 1..]),
            format!("{path}%2f"),
            format!("{path}%20"),
        ];
        spellings.extend(path.rfind("/api/").map(|_| path.replacen("/api/", "/%61pi/", 1)));
        for spelling in spellings {
            let request = format!(
                "{method} {spelling} HTTP/1.1\r\nhost: x\r\ncookie: {}\r\n\r\n",
                root.cookie().unwrap()
            );
            let answer = exchange(&server, request.as_bytes()).unwrap();
            assert_eq!(answer.status, 404, "{spelling}: {answer:?}");
            assert!(answer.body.contains("route_not_found"), "{spelling}: {answer:?}");
        }
    }
    root.me().await.expect(200);
}

#[tokio::test]
async fn another_method_than_those_of_a_path_is_told_the_right_ones() {
    let server = Server::start(DatabaseKind::Sqlite);
    let client = server.anonymous();
    for (path, allowed) in [
        ("/", "GET, HEAD"),
        ("/docs/", "GET, HEAD"),
        ("/api/openapi.json", "GET, HEAD"),
        ("/health/live", "GET, HEAD"),
        ("/api/v1/", "GET, HEAD"),
        ("/api/v1/account/signup", "POST"),
        ("/api/v1/account/logout", "DELETE"),
        ("/api/v1/account/pass", "POST"),
        ("/api/v1/account/verify", "GET, HEAD"),
        ("/api/v1/account/sessions", "DELETE, GET, HEAD"),
        ("/api/v1/users/", "GET, HEAD, POST"),
        ("/api/v1/users/grant", "PATCH"),
        (
            "/api/v1/users/00000000-0000-0000-0000-000000000000",
            "DELETE, GET, HEAD",
        ),
    ] {
        let answer = client.send(client.request(Method::PUT, path)).await;
        let problem = answer.problem(405, "method_not_allowed");
        for method in allowed.split(", ") {
            assert!(problem["detail"].as_str().unwrap().contains(method), "{problem}");
        }
        let values = answer
            .headers
            .get_all("allow")
            .iter()
            .flat_map(|value| value.to_str().unwrap().split(", "));
        assert_eq!(
            values.collect::<BTreeSet<_>>(),
            allowed.split(", ").collect(),
            "{path}: in {}",
            file!()
        );
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn head_is_answered_as_get_without_the_content(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    for path in [
        "/api/v1/",
        "/api/v1/account/me",
        "/api/v1/users/",
        "/health/ready",
        "/docs/",
        "/nowhere",
    ] {
        let get = alice.get(path).await;
        let head = alice.send(alice.request(Method::HEAD, path)).await;
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_eq!(head.text, "", "{path}");
    }
}

#[test]
fn the_guide_tells_of_every_operation_and_whom_it_is_open_to() {
    let mut told = BTreeSet::new();
    for row in Page::read("docs/api.md").table("Operations") {
        let mut methods = Vec::new();
        for operation in row[0].split(", ") {
            let (method, path) = operation.split_once(' ').unwrap_or((operation, ""));
            methods.push(method);
            if !path.is_empty() {
                let open_to = match &*row[1] {
                    "everyone" => "everyone",
                    "everyone who is not logged in" => "anonymous",
                    _ => "authenticated",
                };
                told.extend(methods.drain(..).map(|method| format!("{method} {path}: {open_to}")));
            }
        }
    }
    let operations = operations().into_iter().map(|operation| {
        let open_to = format!("{:?}", operation.open_to).to_lowercase();
        format!("{} {}: {open_to}", operation.method, operation.path)
    });
    let operations: BTreeSet<_> = operations.collect();
    let differ: Vec<_> = told.symmetric_difference(&operations).collect();
    assert!(
        differ.is_empty(),
        "{differ:#?}: docs/api.md, Operations, and {LISTED_IN} must agree"
    );
}
