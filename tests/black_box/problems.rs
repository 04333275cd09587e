//! Problem documents: one of each kind, and the request id that ties them to the log.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};
use uuid::Uuid;

use crate::support::{Client, GUARDING, PASSWORD, Page, Server, exchange};

/// Makes the test a trusted proxy.
const PROXY: (&str, &str) = ("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]");

#[apply(on_every_database)]
#[tokio::test]
async fn every_kind_of_problem_is_told_in_its_own_words(database: DatabaseKind) {
    let mut problems = refusals(database).await;
    problems.extend(failures(database).await);

    for problem in problems.values_mut() {
        problem["request_id"] = "[request id]".into();
    }
    problems.get_mut("too_many_attempts").unwrap()["detail"] = "[so many seconds]".into();
    insta::assert_json_snapshot!("problems", problems);
    assert_guide_tells_of(&problems);

    let documented = documented_codes(database).await;
    assert!(documented.len() > 15, "{documented:?}");
    for code in documented {
        assert!(
            problems.contains_key(&code),
            "{code} is documented, and not provoked in {}",
            file!()
        );
    }
}

/// The guide lists these with their status, gives one as an example, and names no other in its text.
fn assert_guide_tells_of(problems: &BTreeMap<String, Value>) {
    let guide = Page::read("docs/api.md");
    let listed: BTreeMap<_, _> = guide
        .table("Errors")
        .into_iter()
        .map(|row| (&*row[0], &*row[1]))
        .collect();
    let statuses: BTreeMap<_, _> = problems
        .iter()
        .map(|(code, problem)| (&**code, problem["status"].to_string()))
        .collect();
    assert_eq!(
        listed,
        statuses.iter().map(|(code, status)| (*code, &**status)).collect(),
        "docs/api.md, Errors, lists every code with its status"
    );

    let mut example: Value = serde_json::from_str(&guide.blocks_in("json")).unwrap();
    example["request_id"] = "[request id]".into();
    assert_eq!(example, problems["username_already_exists"]);

    let named = Regex::new(r"(?:^|[^,\w])([45]\d\d) `([a-z_]+)`").unwrap();
    for page in Page::of_what_is() {
        for name in named.captures_iter(&page.text) {
            assert_eq!(
                statuses.get(&name[2]).map(|status| &**status),
                Some(&name[1]),
                "{}",
                page.path
            );
        }
    }
}

/// What goes wrong on the side of the client, by code.
async fn refusals(database: DatabaseKind) -> BTreeMap<String, Value> {
    let server = Server::start_with(database, &[("APP_SERVER__REQUEST_TIMEOUT_SECONDS", "1")]);
    let closed = [
        ("APP_SIGN_UP__ENABLED", "false"),
        ("APP_SECURITY__PASSWORD__ADMINS_SET_PASSWORDS", "false"),
    ];
    let closed = Server::start_with(database, &[&GUARDING[..], &closed].concat());
    let guarded = closed.super_admin("super").await;
    let elsewhere = json!({"rd": "https://example.net/"});
    let throttled = Server::start_with(
        database,
        &[
            ("APP_SECURITY__THROTTLE__FREE_PER_ACCOUNT_AND_ADDRESS", "1"),
            ("APP_SECURITY__THROTTLE__FIRST_DELAY_SECONDS", "60"),
        ],
    );
    throttled.anonymous().log_in("nobody", PASSWORD).await.expect(401);
    let root = server.super_admin("super").await;
    let inactive = root.create("inactive", "user").await;
    let inactive_id = inactive["id"].as_str().unwrap();
    root.change("inactivate", "inactive").await.expect(200);
    let alice = server.user("alice").await;
    let alice_id = alice.me().await.expect(200)["id"].as_str().unwrap().to_owned();
    let anonymous = server.anonymous();
    let log_in = "/api/v1/account/login";
    let body = async |body: String| anonymous.send_json(&Method::POST, log_in, body).await;

    let cross_site = anonymous
        .request(Method::POST, log_in)
        .header("sec-fetch-site", "cross-site");
    let cross_site = anonymous.send(cross_site).await;

    let large = anonymous.request(Method::GET, "/").header("x", "y".repeat(50_000));
    let large = anonymous.send(large).await;

    let mut problems = BTreeMap::new();
    for (status, code, answer) in [
        (400, "malformed_json", body("{".to_owned()).await),
        (400, "invalid_username", anonymous.sign_up("no", PASSWORD).await),
        (400, "invalid_password", anonymous.sign_up("nobody", "short").await),
        (401, "not_authenticated", anonymous.me().await),
        (401, "invalid_credentials", anonymous.log_in("nobody", PASSWORD).await),
        (403, "not_authorized", alice.change("grant", "alice").await),
        (403, "already_authenticated", alice.log_in("alice", PASSWORD).await),
        (
            403,
            "wrong_current_password",
            alice.change_password("alice", PASSWORD, None).await,
        ),
        (
            403,
            "sign_up_closed",
            closed.anonymous().sign_up("nobody", PASSWORD).await,
        ),
        (
            403,
            "password_setting_closed",
            guarded.change_password("nobody", PASSWORD, None).await,
        ),
        (403, "cross_site_request", cross_site),
        (
            403,
            "origin_not_listed",
            guarded.post("/api/v1/account/pass", &elsewhere).await,
        ),
        (404, "route_not_found", anonymous.get("/nowhere").await),
        (404, "user_not_found", root.change("grant", "nobody").await),
        (
            404,
            "session_not_found",
            alice.delete(&format!("/api/v1/account/sessions/{}", Uuid::nil())).await,
        ),
        (
            404,
            "link_not_found",
            anonymous.post("/api/v1/account/link", &json!({"token": "?"})).await,
        ),
        (405, "method_not_allowed", anonymous.get(log_in).await),
        (
            409,
            "username_already_exists",
            anonymous.sign_up("ALICE", PASSWORD).await,
        ),
        (
            409,
            "user_is_active",
            root.delete(&format!("/api/v1/users/{alice_id}")).await,
        ),
        (
            409,
            "user_is_inactive",
            root.post(&format!("/api/v1/users/{inactive_id}/link"), &json!(null))
                .await,
        ),
        (413, "payload_too_large", body("x".repeat(100_000)).await),
        (
            414,
            "uri_too_long",
            anonymous.get(&format!("/{}", "x".repeat(10_000))).await,
        ),
        (
            415,
            "unsupported_media_type",
            anonymous.send(anonymous.request(Method::POST, log_in)).await,
        ),
        (
            429,
            "too_many_attempts",
            throttled.anonymous().log_in("nobody", PASSWORD).await,
        ),
        (422, "validation_failed", body(r#"{"username":1}"#.to_owned()).await),
        (431, "header_fields_too_large", large),
    ] {
        problems.insert(code.to_owned(), answer.problem(status, code));
    }
    let head = "POST /api/v1/account/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    for (code, rest) in [
        ("bad_request", "transfer-encoding: chunked\r\n\r\nno length\r\n"),
        ("request_timeout", "content-length: 100\r\n\r\n{"),
    ] {
        let answer = exchange(&server, format!("{head}{rest}").as_bytes()).unwrap();
        problems.insert(code.to_owned(), serde_json::from_str(&answer.body).unwrap());
    }
    problems
}

/// What goes wrong on the side of the server, by code: here the tables are gone.
async fn failures(database: DatabaseKind) -> BTreeMap<String, Value> {
    let server = Server::start(database);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    let undo = ["migrate", "down", "--steps", "1000", "--yes"];
    server.command(&undo).assert().success();

    let failure = alice.log_in("alice", PASSWORD).await;
    let internal_error = failure.problem(500, "internal_error");
    for inner in ["table", "relation", "sqlite", "postgres", "users", "database"] {
        assert!(!failure.text.to_lowercase().contains(inner), "{inner}: {failure:?}");
    }
    let id = failure.header("x-request-id").unwrap();
    let log = server.log();
    let cause = log.lines().find(|line| line.contains("ERROR") && line.contains(id));
    assert!(cause.is_some_and(|line| line.contains("users")), "{log}");

    let unavailable = alice.get("/health/ready").await;
    let service_unavailable = unavailable.problem(503, "service_unavailable");
    assert_eq!(unavailable.header("retry-after"), Some("1"));
    [
        ("internal_error", internal_error),
        ("service_unavailable", service_unavailable),
    ]
    .map(|(code, problem)| (code.to_owned(), problem))
    .into()
}

/// The codes that stand in the OpenAPI document, each written as "- `code`: title".
async fn documented_codes(database: DatabaseKind) -> BTreeSet<String> {
    let server = Server::start(database);
    let document = server.anonymous().get("/api/openapi.json").await;
    let codes = document
        .text
        .split("- `")
        .skip(1)
        .filter_map(|rest| rest.split('`').next());
    codes.map(str::to_owned).collect()
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_sane_request_id_of_a_trusted_proxy_is_kept_and_any_other_replaced(database: DatabaseKind) {
    let stranger = Server::start_with(database, &[("APP_SERVER__TRUSTED_PROXIES", "[10.0.0.0/8]")]);
    let client = stranger.anonymous();
    let answer = client.send(with_id(&client, Method::GET, "/nowhere", "trace-1")).await;
    answer.problem(404, "route_not_found");
    assert!(
        Uuid::parse_str(answer.header("x-request-id").unwrap()).is_ok(),
        "{answer:?}"
    );

    let server = Server::start_with(database, &[PROXY]);
    let client = server.anonymous();
    let send = async |id: &str| client.send(with_id(&client, Method::GET, "/nowhere", id)).await;
    for sane in ["a", "trace-1.2_3", "0192aF", &"x".repeat(64)] {
        let answer = send(sane).await;
        assert_eq!(answer.header("x-request-id"), Some(sane));
        assert_eq!(answer.problem(404, "route_not_found")["request_id"], sane);
    }
    for insane in ["", "has space", "a/b", "a=b", "a,b", "<b>", "\"", &"x".repeat(65)] {
        let answer = send(insane).await;
        answer.problem(404, "route_not_found");
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(
            Uuid::parse_str(id).unwrap().get_version_num(),
            7,
            "{insane:?} became {id}"
        );
    }
    let [one, other] = [client.get("/nowhere").await, client.get("/nowhere").await];
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
}

#[apply(on_every_database)]
#[tokio::test]
async fn success_has_a_request_id_as_well(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    for answer in [
        alice.me().await,
        alice.get("/docs/").await,
        alice.get("/").await,
        alice.log_out().await,
    ] {
        assert!(answer.status.as_u16() < 400, "{answer:?}");
        assert!(answer.header("x-request-id").is_some(), "{answer:?}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn every_line_that_is_logged_for_a_request_has_its_id(database: DatabaseKind) {
    for format in ["text", "json"] {
        let server = Server::start_with(database, &[("APP_LOGS__FORMAT", format), PROXY]);
        let client = server.anonymous();
        client.sign_up("alice", PASSWORD).await.expect(201);
        let log_in = with_id(
            &client,
            Method::POST,
            "/api/v1/account/login?secret=1",
            "trace-of-log-in",
        );
        let body = serde_json::json!({"username": "alice", "password": PASSWORD});
        let before = server.log().len();
        let alice = client.send(log_in.json(&body)).await.expect(200);
        client
            .send(with_id(&client, Method::GET, "/api/v1/account/me", "trace-of-me"))
            .await
            .expect(200);

        let log = server.log()[before..].to_owned();
        let lines: Vec<_> = log.lines().collect();
        assert_eq!(
            lines.len(),
            3,
            "what the use case did, and a line for each request: {log}"
        );
        let id = alice["id"].as_str().unwrap();
        for (line, parts) in lines.iter().zip([
            ["trace-of-log-in", "logged in", id, ""],
            ["trace-of-log-in", "POST", "/api/v1/account/login", "200"],
            ["trace-of-me", "GET", "/api/v1/account/me", id],
        ]) {
            for part in parts {
                assert!(line.contains(part), "{part}: {line}");
            }
            assert!(!line.contains("secret"), "the query is nobody's business: {line}");
            if format == "json" {
                let line: Value = serde_json::from_str(line).unwrap();
                assert_eq!(line["request_id"], parts[0]);
            }
        }
    }
}

fn with_id(client: &Client, method: Method, path: &str, id: &str) -> RequestBuilder {
    client.request(method, path).header("x-request-id", id)
}
