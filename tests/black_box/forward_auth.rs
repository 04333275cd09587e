//! What a proxy is answered that guards other services, and what the pass opens: that alone.

use reqwest::{
    Method,
    header::{COOKIE, LOCATION},
};
use rstest::rstest;
use serde_json::json;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Answer, Client, GUARDING, OpenTo, PASSWORD, PATIENCE, Program, Server, operations};

const VERIFY: &str = "/api/v1/account/verify";
const PASS: &str = "/api/v1/account/pass";
const LOG_IN: &str = "https://auth.example.com/console/login";

/// What Caddy and Traefik send about a request for a page.
const FORWARDED: [(&str, &str); 5] = [
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "app.example.com"),
    ("x-forwarded-uri", "/reports?year=2026&all=%2F"),
    ("accept", "text/html,application/xhtml+xml"),
];
const LOG_IN_FOR_IT: &str =
    "https://auth.example.com/console/login?rd=https%3A%2F%2Fapp.example.com%2Freports%3Fyear%3D2026%26all%3D%252F";

#[apply(on_every_database)]
#[tokio::test]
async fn a_caller_is_known_by_session_or_pass(database: DatabaseKind) {
    let server = guarding(database, &[]);
    let (alice, admin, root) = (
        server.user("alice").await,
        server.admin("admin").await,
        server.super_admin("super").await,
    );
    for (client, name, groups) in [
        (&alice, "alice", "user"),
        (&admin, "admin", "admin,user"),
        (&root, "super", "super_admin,admin,user"),
    ] {
        let id = client.me().await.expect(200)["id"].take();
        let by_pass = server.carrying(&pass_of(client).await);
        for client in [client, &by_pass] {
            for path in [VERIFY.to_owned(), format!("{VERIFY}/?role=user&redirect=true")] {
                for method in [Method::GET, Method::HEAD] {
                    let answer = client.send(client.request(method, &path)).await;
                    assert_eq!((answer.status.as_u16(), &*answer.text), (200, ""), "{answer:?}");
                    assert_eq!(answer.header("remote-user"), Some(name), "{answer:?}");
                    assert_eq!(answer.header("remote-groups"), Some(groups), "{answer:?}");
                    assert_eq!(answer.header("remote-user-id"), id.as_str(), "{answer:?}");
                    assert!(answer.cookies().is_empty(), "{answer:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_caller_is_told_where_to_log_in() {
    let server = guarding(DatabaseKind::Sqlite, &[]);
    let anonymous = server.anonymous();
    let original = [("x-original-url", "https://app.example.com/reports?year=2026&all=%2F")];
    let elsewhere = [("x-original-url", "https://app.example.com@example.net/")];
    for (headers, log_in) in [
        (&FORWARDED[..], LOG_IN_FOR_IT),
        (&original, LOG_IN_FOR_IT),
        (&elsewhere, LOG_IN),
        (&[], LOG_IN),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = verify_as(&anonymous, method.clone(), "", headers).await;
            assert_eq!(answer.status, 401, "{answer:?}");
            assert_eq!(answer.header("location"), Some(log_in), "{answer:?}");
            if method == Method::GET {
                answer.problem(401, "not_authenticated");
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_caller_who_loads_a_page_is_redirected_if_the_proxy_asks_for_it() {
    let server = guarding(DatabaseKind::Sqlite, &[]);
    let anonymous = server.anonymous();
    let with = |name: &'static str, value: &'static str| {
        let mut headers = FORWARDED.to_vec();
        headers.retain(|(other, _)| *other != name);
        headers.push((name, value));
        headers
    };
    for (query, headers, status) in [
        ("?redirect=true", FORWARDED.to_vec(), 302),
        ("?redirect=true", with("x-forwarded-method", "HEAD"), 302),
        ("?redirect=false", FORWARDED.to_vec(), 401),
        ("", FORWARDED.to_vec(), 401),
        ("?redirect=true", with("x-forwarded-method", "POST"), 401),
        ("?redirect=true", with("accept", "application/json"), 401),
        ("?redirect=true", with("x-requested-with", "XMLHttpRequest"), 401),
    ] {
        let answer = verify_as(&anonymous, Method::GET, query, &headers).await;
        assert_eq!(answer.status, status, "{query} {headers:?}: {answer:?}");
        assert_eq!(answer.header("location"), Some(LOG_IN_FOR_IT), "{answer:?}");
        if status == 302 {
            assert_eq!(answer.text, "");
        }
    }
}

#[tokio::test]
async fn a_peer_that_is_no_proxy_is_not_believed() {
    let server = guarding(DatabaseKind::Sqlite, &[("APP_SERVER__TRUSTED_PROXIES", "[10.0.0.1]")]);
    let anonymous = server.anonymous();
    let mut headers = FORWARDED.to_vec();
    headers.push(("x-original-url", "https://app.example.com/"));
    let answer = verify_as(&anonymous, Method::GET, "?redirect=true", &headers).await;
    assert_eq!(
        answer.status, 302,
        "a client that loads a page, by its own words: {answer:?}"
    );
    assert_eq!(answer.header("location"), Some(LOG_IN));
}

#[rstest]
#[case::method(Method::POST, VERIFY, 405, "method_not_allowed")]
#[case::unknown_role(Method::GET, "/api/v1/account/verify?role=king", 422, "validation_failed")]
#[case::unknown_parameter(Method::GET, "/api/v1/account/verify?rolle=admin", 422, "validation_failed")]
#[case::no_boolean(Method::GET, "/api/v1/account/verify?redirect=1", 422, "validation_failed")]
#[tokio::test]
async fn a_misconfigured_proxy_is_told_so_whoever_calls(
    #[case] method: Method,
    #[case] path: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let server = guarding(DatabaseKind::Sqlite, &[]);
    for client in [server.anonymous(), server.user("alice").await] {
        let answer = client.send(client.request(method.clone(), path)).await;
        answer.problem(status, code);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_pass_opens_nothing_else(database: DatabaseKind) {
    let server = guarding(database, &[]);
    let root = server.super_admin("super").await;
    let pass = pass_of(&root).await;
    let (_, token) = pass.split_once('=').unwrap();
    for operation in operations()
        .iter()
        .filter(|operation| operation.open_to == OpenTo::Authenticated && operation.path != VERIFY)
    {
        for cookie in [
            pass.clone(),
            format!("access_token={token}"),
            format!("{pass}; access_token={token}"),
        ] {
            let client = server.carrying(&cookie);
            let path = format!(
                "{}{}",
                operation.path_with(&uuid::Uuid::nil().to_string()),
                operation.query
            );
            let body = operation.body.unwrap_or_default();
            let answer = client.send_json(&operation.method, &path, body).await;
            answer.problem(401, "not_authenticated");
        }
    }
    // Nor is it in the way of a log-in.
    let client = server.anonymous();
    let log_in = client.request(Method::POST, "/api/v1/account/login");
    let log_in = log_in.json(&json!({"username": "super", "password": PASSWORD}));
    client.send(log_in.header(COOKIE, &pass)).await.expect(200);
    root.me().await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_pass_ends_with_its_session(database: DatabaseKind) {
    let server = guarding(database, &[]);
    let root = server.super_admin("super").await;
    server.user("alice").await;
    let id = server.logged_in("alice").await.me().await.expect(200)["id"].take();
    let id = id.as_str().unwrap();
    for end in [
        "log out",
        "end",
        "end all",
        "change password",
        "inactivate",
        "admin ends",
        "admin changes",
    ] {
        let alice = server.logged_in("alice").await;
        let elsewhere = server.logged_in("alice").await;
        let (pass, other) = (pass_of(&alice).await, pass_of(&elsewhere).await);
        assert_eq!(verify(&server, &pass).await.status, 200, "{end}");
        match end {
            "log out" => drop(alice.log_out().await),
            "end" => {
                let list = alice.get("/api/v1/account/sessions").await.expect(200);
                let mut sessions = list["sessions"].as_array().unwrap().iter();
                let current = sessions.find(|session| session["current"] == true).unwrap();
                let path = format!("/api/v1/account/sessions/{}", current["id"].as_str().unwrap());
                drop(alice.delete(&path).await);
            }
            "end all" => drop(alice.delete("/api/v1/account/sessions?keep_current=false").await),
            "change password" => {
                let answer = alice.change_password("alice", PASSWORD, Some(PASSWORD)).await;
                assert_eq!(answer.status, 204, "{answer:?}");
                alice.me().await.expect(200);
                let another = pass_of(&alice).await;
                assert_eq!(verify(&server, &another).await.status, 200);
            }
            "inactivate" => drop(root.change("inactivate", "alice").await.expect(200)),
            "admin ends" => drop(root.delete(&format!("/api/v1/users/{id}/sessions")).await),
            "admin changes" => drop(root.change_password("alice", PASSWORD, None).await),
            unknown => panic!("{unknown}"),
        }
        assert_eq!(verify(&server, &pass).await.status, 401, "{end}");
        let goes_on = ["log out", "end"].contains(&end);
        let status = if goes_on { 200 } else { 401 };
        assert_eq!(verify(&server, &other).await.status, status, "{end}");
        root.change("reactivate", "alice").await.expect(200);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_change_of_role_is_felt_by_the_next_request_and_a_refusal_is_written_down(database: DatabaseKind) {
    let server = guarding(database, &[]);
    let root = server.super_admin("super").await;
    root.create("brian", "admin").await;
    let brian = server.logged_in("brian").await;
    let client = server.carrying(&pass_of(&brian).await);
    let for_admins = format!("{VERIFY}?role=admin");
    assert_eq!(client.get(&for_admins).await.status, 200);

    root.change("revoke", "brian").await.expect(200);
    let refusal = client.get(&for_admins).await;
    refusal.problem(403, "not_authorized");
    assert_eq!(refusal.header("remote-user"), None);
    assert_eq!(client.get(VERIFY).await.header("remote-groups"), Some("user"));

    let start = std::time::Instant::now();
    loop {
        let events = root.get("/api/v1/audit/?action=verify_caller").await.expect(200);
        if let [event] = &events["events"].as_array().unwrap()[..] {
            assert_eq!(event["refusal"], "not_authorized", "{event}");
            assert_eq!(event["actor_username"], "brian", "{event}");
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{events}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_use_of_a_pass_extends_the_session_and_sets_no_cookie(database: DatabaseKind) {
    let server = guarding(database, &[("APP_SECURITY__AUTH__REFRESH_THRESHOLD", "1.0")]);
    let (root, alice) = (server.super_admin("super").await, server.user("alice").await);
    let id = alice.me().await.expect(200)["id"].take();
    let sessions = format!("/api/v1/users/{}/sessions", id.as_str().unwrap());
    let pass = pass_of(&alice).await;
    let session = alice.cookie().unwrap();
    for cookie in [pass, session] {
        let before = root.get(&sessions).await.expect(200)["sessions"][0]["expires_at"].take();
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        let answer = verify(&server, &cookie).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.cookies().is_empty(), "{answer:?}");
        let after = root.get(&sessions).await.expect(200)["sessions"][0]["expires_at"].take();
        assert!(before.as_str() < after.as_str(), "{before} {after}");
    }
    alice.me().await.expect(200);
}

#[tokio::test]
async fn no_cookie_is_taken_from_a_caller() {
    let server = guarding(DatabaseKind::Sqlite, &[]);
    let alice = server.user("alice").await;
    let (session, pass) = (alice.cookie().unwrap(), pass_of(&alice).await);
    alice.log_out().await;
    for cookie in [
        format!("{session}; {pass}"),
        "access_token=garbage; access_token_pass=garbage".to_owned(),
        "access_token=%ff; access_token_pass=".to_owned(),
    ] {
        let answer = verify(&server, &cookie).await;
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.cookies().is_empty(), "{answer:?}");
    }
}

#[tokio::test]
async fn a_live_pass_is_found_among_dead_ones() {
    let server = guarding(DatabaseKind::Sqlite, &[]);
    let alice = server.user("alice").await;
    let dead = pass_of(&alice).await;
    alice.log_out().await;
    let alice = server.logged_in("alice").await;
    let live = pass_of(&alice).await;
    let answer = verify(&server, &format!("access_token=garbage; x=y; {dead}; {live}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[rstest]
#[case::local(
    &[],
    "access_token_pass",
    &["Domain=example.com", "HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"],
)]
#[case::secure(
    &[("APP_SECURITY__COOKIES__SECURE", "true"), ("APP_SECURITY__COOKIES__SAME_SITE", "strict"), ("APP_SECURITY__COOKIES__NAME", "gate")],
    "__Secure-gate_pass",
    &["Domain=example.com", "HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"],
)]
#[tokio::test]
async fn the_pass_is_set_for_the_domain_and_removed_with_the_session(
    #[case] variables: &[(&str, &str)],
    #[case] name: &str,
    #[case] expected: &[&str],
) {
    let server = guarding(DatabaseKind::Sqlite, variables);
    server.anonymous().sign_up("alice", PASSWORD).await.expect(201);
    for end in ["/api/v1/account/logout", "/api/v1/account/sessions?keep_current=false"] {
        let log_in = server.anonymous().log_in("alice", PASSWORD).await;
        log_in.expect(200);
        // Without a jar: it would not send a secure cookie.
        let alice = server.carrying(log_in.cookie().0);
        let answer = ask_for_pass(&alice, "HTTPS://App.Example.com").await;
        assert_eq!(answer.expect(200), json!({"rd": "https://app.example.com/"}));
        let (pass, attributes) = pass_cookie(&answer).unwrap();
        assert!(pass.starts_with(&format!("{name}=")), "{pass}");
        assert_eq!(attributes, expected);
        assert_eq!(verify(&server, &pass).await.status, 200);

        let kept = alice.delete("/api/v1/account/sessions?keep_current=true").await;
        assert!(pass_cookie(&kept).is_none(), "{kept:?}");
        let ended = alice.delete(end).await;
        assert_eq!(ended.status, 204);
        let (removed, attributes) = pass_cookie(&ended).unwrap();
        assert_eq!(removed, format!("{name}="));
        for attribute in ["Domain=example.com", "Max-Age=0", "Path=/"] {
            assert!(attributes.iter().any(|other| other == attribute), "{attributes:?}");
        }
    }
}

#[rstest]
#[case("https://example.net/")]
#[case("https://auth.example.com/")]
#[case("http://app.example.com/")]
#[case("//app.example.com/")]
#[case("/")]
#[case("https://app.example.com@example.net/")]
#[case("https://app.example.com\\@example.net/")]
#[tokio::test]
async fn a_pass_is_given_for_a_listed_origin_only(#[case] rd: &str) {
    let server = guarding(DatabaseKind::Sqlite, &[]);
    let alice = server.user("alice").await;
    let refusal = ask_for_pass(&alice, rd).await;
    let problem = refusal.problem(403, "origin_not_listed");
    assert!(
        problem["detail"].as_str().unwrap().contains("forward_auth.origins"),
        "{problem}"
    );
    assert!(refusal.cookies().is_empty(), "{refusal:?}");
}

#[tokio::test]
async fn a_service_that_is_not_listed_is_warned_of_now_and_then() {
    let server = guarding(DatabaseKind::Sqlite, &[]);
    let anonymous = server.anonymous();
    // What a browser may send to a service that is listed.
    let strange = [("x-original-url", "https://app.example.com/a\\b")];
    verify_as(&anonymous, Method::GET, "", &strange).await;
    assert!(!server.log().contains("forward_auth.origins"), "{}", server.log());

    let headers = [("x-original-url", "https://forgotten.example.com/page?secret=1")];
    for _ in 0..3 {
        verify_as(&anonymous, Method::GET, "", &headers).await;
    }
    let log = server.log();
    let warnings = Vec::from_iter(log.lines().filter(|line| line.contains("forward_auth.origins")));
    assert_eq!(warnings.len(), 1, "{log}");
    for part in [" WARN ", "\"https://forgotten.example.com\""] {
        assert!(warnings[0].contains(part), "{log}");
    }
    assert!(!log.contains("secret=1"), "{log}");
}

#[tokio::test]
async fn nothing_of_it_is_there_by_default() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    for client in [&alice, &server.anonymous()] {
        client.get(VERIFY).await.problem(404, "route_not_found");
        client
            .get(&format!("{VERIFY}?role=king"))
            .await
            .problem(404, "route_not_found");
        let head = client.send(client.request(Method::HEAD, VERIFY)).await;
        assert_eq!(head.status, 404);
        ask_for_pass(client, "https://app.example.com/")
            .await
            .problem(404, "route_not_found");
    }
    let ended = alice.log_out().await;
    assert_eq!(ended.cookies().len(), 1, "{ended:?}");
}

#[rstest]
#[case::domain("APP_FORWARD_AUTH__COOKIE_DOMAIN", "", "forward_auth.cookie_domain: it is missing")]
#[case::log_in("APP_SERVER__PUBLIC_ORIGINS", "[]", "they need server.public_origins")]
#[case::proxy("APP_SERVER__TRUSTED_PROXIES", "[]", "they need server.trusted_proxies")]
#[case::origin(
    "APP_FORWARD_AUTH__ORIGINS",
    "[\"https://app.example.net\"]",
    "browsers do not share the pass with https://app.example.net"
)]
#[test]
fn a_start_that_could_not_guard_is_refused(#[case] name: &str, #[case] value: &str, #[case] reason: &str) {
    let program = Program::with(DatabaseKind::Sqlite, &[&GUARDING[..], &[(name, value)]].concat());
    for arguments in [&["config", "check"][..], &[]] {
        let outcome = program.run(arguments);
        assert_ne!(outcome.code, Some(0), "{outcome:?}");
        assert!(outcome.stderr.contains(reason), "{outcome:?}");
    }
}

/// A server that guards `https://app.example.com`.
fn guarding(database: DatabaseKind, variables: &[(&str, &str)]) -> Server {
    Server::start_with(database, &[&GUARDING[..], variables].concat())
}

async fn ask_for_pass(client: &Client, rd: &str) -> Answer {
    client.post(PASS, &json!({"rd": rd})).await
}

/// A pass of the client, as a `Cookie` header.
async fn pass_of(client: &Client) -> String {
    let answer = ask_for_pass(client, "https://app.example.com/").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    pass_cookie(&answer).unwrap().0
}

/// The name and value of the pass that an answer sets or removes, and its attributes in alphabetical order.
fn pass_cookie(answer: &Answer) -> Option<(String, Vec<String>)> {
    let mut cookies = answer.cookies().into_iter();
    let cookie = cookies.find(|cookie| cookie.contains("_pass="))?;
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let mut attributes: Vec<_> = attributes.split("; ").map(str::to_owned).collect();
    attributes.retain(|attribute| !attribute.starts_with("Expires="));
    attributes.sort_unstable();
    Some((pair.to_owned(), attributes))
}

async fn verify(server: &Server, cookie: &str) -> Answer {
    server.carrying(cookie).get(VERIFY).await
}

async fn verify_as(client: &Client, method: Method, query: &str, headers: &[(&str, &str)]) -> Answer {
    let request = client.request(method, &format!("{VERIFY}{query}"));
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = client.send(request).await;
    assert!(answer.headers.get_all(LOCATION).iter().count() <= 1, "{answer:?}");
    answer
}
