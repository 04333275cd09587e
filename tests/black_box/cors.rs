//! Front ends of other origins: what their browsers are told, and who is told nothing.

use std::collections::BTreeSet;

use reqwest::{Method, header::HeaderMap};
use rstest::rstest;
use serde_json::json;
use test_database::DatabaseKind;

use crate::support::{Answer, Client, PASSWORD, Server};

const FRONT_END: &str = "https://app.example.com";
const ALLOWED: (&str, &str) = (
    "APP_SERVER__CORS_ALLOWED_ORIGINS",
    "[https://app.example.com, http://localhost:3000]",
);

#[tokio::test]
async fn by_default_no_origin_is_told_anything() {
    let server = Server::start(DatabaseKind::Sqlite);
    let client = server.anonymous();

    let refused = preflight(&client, FRONT_END, "PATCH", "content-type").await;
    refused.problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), Some("PATCH"));
    let answered = client
        .send(client.request(Method::GET, "/api/v1/").header("origin", FRONT_END))
        .await;
    answered.expect(200);

    for answer in [refused, answered] {
        assert_eq!(told(&answer.headers), [""; 0], "{answer:?}");
        assert_eq!(answer.header("vary"), None, "{answer:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_front_end_of_each_listed_origin_may_send_what_the_api_takes(
    #[values(FRONT_END, "http://localhost:3000")] origin: &str,
    #[values("GET", "HEAD", "POST", "PATCH", "DELETE")] method: &str,
) {
    let server = Server::start_with(DatabaseKind::Sqlite, &[ALLOWED]);

    let answer = preflight(&server.anonymous(), origin, method, "content-type,x-request-id").await;

    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""), "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("access-control-max-age"), Some("600"));
    assert_eq!(
        listed(&answer, "access-control-allow-methods"),
        BTreeSet::from(["DELETE", "GET", "HEAD", "PATCH", "POST"])
    );
    assert_eq!(
        listed(&answer, "access-control-allow-headers"),
        BTreeSet::from(["content-type", "x-request-id"])
    );
    assert!(listed(&answer, "vary").contains("Origin"), "{answer:?}");
    let request_id = answer.header("x-request-id").unwrap();
    let log = server.log();
    let line = log.lines().find(|line| line.contains(request_id)).unwrap();
    assert!(
        line.contains("method=OPTIONS path=/api/v1/users/grant status=200"),
        "{line}"
    );
}

#[rstest]
#[case::another_site("https://example.com", "PATCH", "content-type", "Origin is not allowed")]
#[case::another_scheme("http://app.example.com", "PATCH", "content-type", "Origin is not allowed")]
#[case::another_port("https://app.example.com:8443", "PATCH", "content-type", "Origin is not allowed")]
#[case::subdomain("https://www.app.example.com", "PATCH", "content-type", "Origin is not allowed")]
#[case::longer("https://app.example.com.org", "PATCH", "content-type", "Origin is not allowed")]
#[case::opaque("null", "PATCH", "content-type", "Origin is not allowed")]
#[case::another_method(FRONT_END, "PUT", "content-type", "method is not allowed")]
#[case::another_header(FRONT_END, "PATCH", "authorization", "headers are not allowed")]
#[tokio::test]
async fn any_other_preflight_is_refused_with_the_reason(
    #[case] origin: &str,
    #[case] method: &str,
    #[case] headers: &str,
    #[case] reason: &str,
) {
    let server = Server::start_with(DatabaseKind::Sqlite, &[ALLOWED]);

    let answer = preflight(&server.anonymous(), origin, method, headers).await;

    let problem = answer.problem(400, "bad_request");
    assert!(problem["detail"].as_str().unwrap().contains(reason), "{answer:?}");
    assert_eq!(told(&answer.headers), [""; 0], "{answer:?}");
}

#[rstest]
#[case::done(Method::GET, "/api/v1/", "", 200)]
#[case::malformed(Method::POST, "/api/v1/account/signup", "{", 400)]
#[case::not_logged_in(Method::GET, "/api/v1/account/me", "", 401)]
#[case::unknown_path(Method::GET, "/nowhere", "", 404)]
#[case::another_method(Method::DELETE, "/api/v1/users/grant", "", 405)]
#[case::options(Method::OPTIONS, "/api/v1/users/grant", "", 405)]
#[case::too_large(Method::POST, "/api/v1/account/signup", &*"x".repeat(1025), 413)]
#[case::wrong_shape(Method::POST, "/api/v1/account/signup", "{}", 422)]
#[tokio::test]
async fn only_an_allowed_origin_may_read_an_answer_be_it_an_error_or_not(
    #[case] method: Method,
    #[case] path: &str,
    #[case] body: &str,
    #[case] status: u16,
) {
    let server = Server::start_with(
        DatabaseKind::Sqlite,
        &[ALLOWED, ("APP_SERVER__BODY_LIMIT_BYTES", "1024")],
    );
    let client = server.anonymous();
    for (origin, is_allowed) in [
        (Some(FRONT_END), true),
        (Some("https://example.com"), false),
        (Some("null"), false),
        (None, false),
    ] {
        let mut request = client.request(method.clone(), path);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let request = request.header("content-type", "application/json").body(body.to_owned());

        let answer = client.send(request).await;

        let is_judged = [404, 405].contains(&status) || method.is_safe();
        if is_judged || is_allowed || origin.is_none() {
            answer.expect(status);
        } else {
            answer.problem(403, "cross_site_request");
        }
        assert_eq!(
            answer.header("access-control-allow-origin"),
            origin.filter(|_| is_allowed)
        );
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            is_allowed.then_some("true")
        );
        let exposed = listed(&answer, "access-control-expose-headers");
        if is_allowed {
            assert_eq!(exposed, BTreeSet::from(["location", "retry-after", "x-request-id"]));
        } else {
            assert_eq!(told(&answer.headers), [""; 0], "{answer:?}");
        }
        // A cache must not hand one origin what was answered to another.
        assert!(listed(&answer, "vary").contains("Origin"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_ready_tells_front_ends_when_to_come_back() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[ALLOWED]);
    server.run(&["migrate", "down", "--yes"]).succeeded();
    let client = server.anonymous();

    let ready = client.request(Method::GET, "/health/ready").header("origin", FRONT_END);
    let answer = client.send(ready).await;

    answer.problem(503, "service_unavailable");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some(FRONT_END));
    assert!(listed(&answer, "access-control-expose-headers").contains("retry-after"));
    let preflight = preflight(&client, FRONT_END, "PATCH", "content-type").await;
    assert_eq!(preflight.status, 200);
}

#[tokio::test]
async fn a_user_can_log_in_from_an_allowed_origin_and_go_on() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[ALLOWED]);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    let credentials = json!({"username": "alice", "password": PASSWORD});
    let log_in = alice.request(Method::POST, "/api/v1/account/login").json(&credentials);

    let logged_in = alice.send(log_in.header("origin", FRONT_END)).await;

    logged_in.expect(200);
    assert!(logged_in.cookie().0.starts_with("access_token="), "{logged_in:?}");
    assert_eq!(logged_in.header("access-control-allow-origin"), Some(FRONT_END));
    assert_eq!(logged_in.header("access-control-allow-credentials"), Some("true"));
    let me = alice
        .request(Method::GET, "/api/v1/account/me")
        .header("origin", FRONT_END);
    assert_eq!(alice.send(me).await.expect(200)["username"], "alice");
}

/// What a browser sends before the request itself, to a path that is for super admins alone.
async fn preflight(client: &Client, origin: &str, method: &str, headers: &str) -> Answer {
    let request = client
        .request(Method::OPTIONS, "/api/v1/users/grant")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers);
    client.send(request).await
}

/// The names of the headers of CORS.
fn told(headers: &HeaderMap) -> Vec<&str> {
    let names = headers.keys().map(|name| name.as_str());
    names.filter(|name| name.starts_with("access-control-")).collect()
}

/// The members of a header that is a list.
fn listed<'a>(answer: &'a Answer, name: &str) -> BTreeSet<&'a str> {
    let value = answer.header(name).unwrap_or_default();
    value.split(", ").filter(|member| !member.is_empty()).collect()
}
