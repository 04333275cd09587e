//! What browsers may not do with an answer, whichever it is.

use reqwest::Method;
use serde_json::json;
use test_database::DatabaseKind;

use crate::support::{Answer, GUARDING, PASSWORD, Server, exchange};

const FRONT_END: &str = "https://app.example.com";
const VARIABLES: [(&str, &str); 2] = [
    ("APP_SERVER__CORS_ALLOWED_ORIGINS", "[https://app.example.com]"),
    ("APP_SERVER__REQUEST_TIMEOUT_SECONDS", "1"),
];

#[tokio::test]
async fn every_answer_has_the_headers_be_it_an_error_or_not() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[&GUARDING[..], &VARIABLES].concat());
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    let anonymous = server.anonymous();
    let log_in = "/api/v1/account/login";
    let preflight = |origin: &str| {
        let request = anonymous.request(Method::OPTIONS, log_in).header("origin", origin);
        anonymous.send(request.header("access-control-request-method", "POST"))
    };
    let cross_site = anonymous.request(Method::POST, log_in).header("origin", "null");
    let navigation = anonymous.request(Method::GET, "/api/v1/account/verify?redirect=true");
    let navigation = navigation.header("accept", "text/html");
    for (status, answer) in [
        (200, alice.me().await),
        (200, alice.get("/api/v1/account/verify").await),
        (200, anonymous.get("/api/v1/").await),
        (200, anonymous.get("/health/live").await),
        (200, alice.send(alice.request(Method::HEAD, "/api/v1/account/me")).await),
        (200, preflight(FRONT_END).await),
        (201, anonymous.sign_up("brian", PASSWORD).await),
        (204, root.change_password("alice", PASSWORD, None).await),
        (302, anonymous.send(navigation).await),
        (307, anonymous.get("/").await),
        (400, preflight("https://example.net").await),
        (400, anonymous.sign_up("no", PASSWORD).await),
        (401, alice.me().await),
        (401, server.carrying("access_token=garbage").me().await),
        (401, anonymous.get("/api/v1/account/verify").await),
        (403, anonymous.send(cross_site).await),
        (403, root.log_in("super", PASSWORD).await),
        (404, anonymous.get("/nowhere").await),
        (404, anonymous.get("/api/v1/nowhere").await),
        (405, anonymous.delete("/").await),
        (405, anonymous.get(log_in).await),
        (409, anonymous.sign_up("brian", PASSWORD).await),
        (
            413,
            anonymous.send_json(&Method::POST, log_in, "x".repeat(100_000)).await,
        ),
        (415, anonymous.send(anonymous.request(Method::POST, log_in)).await),
        (422, anonymous.post(log_in, &json!({})).await),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_headers(
            &answer,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "no-store",
        );
    }
    server.run(&["migrate", "down", "--steps", "1000", "--yes"]).succeeded();
    for (status, answer) in [
        (500, anonymous.log_in("alice", PASSWORD).await),
        (503, anonymous.get("/health/ready").await),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_headers(
            &answer,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "no-store",
        );
    }
}

#[tokio::test]
async fn the_page_of_the_documentation_may_load_its_own_files() {
    let server = Server::start(DatabaseKind::Sqlite);
    let client = server.anonymous();
    for file in ["", "swagger-ui.css", "swagger-ui-bundle.js", "nothing.js"] {
        let answer = client.get(&format!("/docs/{file}")).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self'; "), "{file}: {answer:?}");
        assert_headers(&answer, policy, "no-cache");
    }
    let document = client.get("/api/openapi.json").await;
    assert_headers(
        &document,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "no-cache",
    );
}

#[test]
fn what_breaks_off_is_refused_with_the_headers() {
    let server = Server::start_with(DatabaseKind::Sqlite, &VARIABLES);
    let head = "POST /api/v1/account/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    for (status, rest) in [
        (400, "transfer-encoding: chunked\r\n\r\nno length\r\n"),
        (408, "content-length: 100\r\n\r\n{"),
    ] {
        let answer = exchange(&server, format!("{head}{rest}").as_bytes()).unwrap();
        assert_eq!(answer.status, status, "{answer:?}");
        for header in [
            "cache-control: no-store\r\n",
            "content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n",
            "x-content-type-options: nosniff\r\n",
        ] {
            assert!(format!("{}\r\n", answer.head).contains(header), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn browsers_are_held_to_https_where_the_cookie_is() {
    for (secure, expected) in [("false", None), ("true", Some("max-age=63072000"))] {
        let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SECURITY__COOKIES__SECURE", secure)]);
        for path in ["/api/v1/", "/docs/", "/nowhere", "/api/v1/account/me"] {
            let answer = server.anonymous().get(path).await;
            assert_eq!(
                answer.header("strict-transport-security"),
                expected,
                "{path}: {answer:?}"
            );
        }
    }
}

#[track_caller]
fn assert_headers(answer: &Answer, policy: &str, caching: &str) {
    for (name, value) in [
        ("content-security-policy", policy),
        ("cache-control", caching),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}: {answer:?}");
    }
}
