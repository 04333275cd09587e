//! What the pages of other sites can make the browsers of their visitors do here: nothing.

use reqwest::{Method, RequestBuilder};
use rstest::rstest;
use serde_json::json;
use test_database::DatabaseKind;

use crate::support::{Answer, Client, GUARDING, OpenTo, Operation, PASSWORD, Server, operations};

const PUBLIC: &str = "https://users.example.com";
const FRONT_END: &str = "https://app.example.com";
const STRANGER: &str = "https://example.net";
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Stands for the origin with the host and port that are asked.
const ASKED: &str = "[asked]";

const ORIGINS: [(&str, &str); 2] = [
    ("APP_SERVER__PUBLIC_ORIGINS", "[https://users.example.com]"),
    ("APP_SERVER__CORS_ALLOWED_ORIGINS", "[https://app.example.com]"),
];

#[rstest]
// Programs.
#[case::program(None, None, true, true)]
// What a browser does by itself, or from before it sent the origin with everything.
#[case::address_bar(None, Some("none"), true, true)]
#[case::same_origin_without_origin(None, Some("same-origin"), true, true)]
#[case::same_site_without_origin(None, Some("same-site"), false, false)]
#[case::cross_site_without_origin(None, Some("cross-site"), false, false)]
#[case::unknown_site_without_origin(None, Some("same-planet"), false, false)]
// Pages of the server itself.
#[case::asked(Some(ASKED), Some("same-origin"), true, false)]
#[case::asked_without_tls(Some(ASKED), None, true, false)]
#[case::asked_by_another_site(Some(ASKED), Some("cross-site"), false, false)]
#[case::asked_from_the_address_bar(Some(ASKED), Some("none"), false, false)]
#[case::listed(Some(PUBLIC), Some("same-origin"), true, true)]
#[case::listed_in_an_old_browser(Some(PUBLIC), None, false, true)]
#[case::behind_a_proxy_that_changes_the_host(Some(PUBLIC), Some("same-origin"), true, true)]
// Front ends elsewhere.
#[case::front_end_of_the_same_site(Some(FRONT_END), Some("same-site"), true, true)]
#[case::front_end_of_another_site(Some(FRONT_END), Some("cross-site"), true, true)]
#[case::front_end_in_an_old_browser(Some(FRONT_END), None, true, true)]
// Everyone else.
#[case::stranger(Some(STRANGER), Some("cross-site"), false, false)]
#[case::stranger_in_an_old_browser(Some(STRANGER), None, false, false)]
#[case::stranger_of_the_same_site(Some("https://www.example.com"), Some("same-site"), false, false)]
#[case::stranger_whose_domain_leads_here(Some("https://rebound.example"), Some("same-origin"), true, false)]
#[case::opaque(Some("null"), Some("cross-site"), false, false)]
#[case::opaque_of_the_same_origin(Some("null"), Some("same-origin"), false, false)]
#[case::opaque_in_an_old_browser(Some("null"), None, false, false)]
#[case::empty(Some(""), None, false, false)]
#[case::another_scheme(Some("http://users.example.com"), Some("cross-site"), false, false)]
#[case::another_port(Some("https://users.example.com:8443"), Some("same-site"), false, false)]
#[case::longer(Some("https://users.example.com.example.net"), Some("cross-site"), false, false)]
#[case::in_capitals(Some("https://USERS.example.com"), Some("cross-site"), false, false)]
#[case::with_a_slash(Some("https://users.example.com/"), Some("cross-site"), false, false)]
#[case::no_origin(Some("users.example.com"), None, false, false)]
#[tokio::test]
async fn a_request_that_changes_something_passes_by_where_it_comes_from(
    #[case] origin: Option<&str>,
    #[case] fetch_site: Option<&str>,
    #[case] passes_by_default: bool,
    #[case] passes_where_origins_are_listed: bool,
) {
    let front_ends = &ORIGINS[1..];
    for (variables, passes) in [
        (front_ends, passes_by_default),
        (&ORIGINS[..], passes_where_origins_are_listed),
    ] {
        let server = Server::start_with(DatabaseKind::Sqlite, variables);
        let client = server.anonymous();
        let mut request = sign_up(&client);
        if let Some(origin) = origin {
            let asked = if origin == ASKED { server.base_url() } else { origin };
            request = request.header("origin", asked);
        }
        if let Some(fetch_site) = fetch_site {
            request = request.header(SEC_FETCH_SITE, fetch_site);
        }

        let answer = client.send(request).await;

        if passes {
            answer.expect(201);
        } else {
            assert_refused(&answer);
        }
    }
}

#[tokio::test]
async fn headers_that_no_browser_repeats_must_all_be_right() {
    let server = Server::start_with(DatabaseKind::Sqlite, &ORIGINS[1..]);
    let client = server.anonymous();
    for (name, one, other) in [
        ("origin", FRONT_END, STRANGER),
        ("origin", STRANGER, FRONT_END),
        (SEC_FETCH_SITE, "same-origin", "cross-site"),
        (SEC_FETCH_SITE, "cross-site", "same-origin"),
    ] {
        let request = sign_up(&client).header(name, one).header(name, other);
        assert_refused(&client.send(request).await);
    }
}

#[tokio::test]
async fn without_listed_origins_the_host_counts_as_the_client_has_named_it() {
    let server = Server::start(DatabaseKind::Sqlite);
    let client = server.anonymous();
    for (host, origin, passes) in [
        ("users.example.com", "https://users.example.com", true),
        ("users.example.com", "http://users.example.com", true),
        ("users.example.com:8443", "https://users.example.com:8443", true),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true),
        ("users.example.com:443", "https://users.example.com", true),
        ("users.example.com:80", "http://users.example.com", true),
        ("[2001:db8::443]:443", "https://[2001:db8::443]", true),
        ("users.example.com:80", "https://users.example.com", false),
        ("users.example.com:443", "http://users.example.com", false),
        ("users.example.com:8443", "https://users.example.com", false),
        ("users.example.com", "https://users.example.com:8443", false),
        ("users.example.com", "ftp://users.example.com", false),
        ("users.example.com", "users.example.com", false),
        ("users.example.com", "https://example.com", false),
        ("null", "null", false),
    ] {
        let request = log_in(&client).header("host", host).header("origin", origin);
        let answer = client.send(request).await;
        if passes {
            answer.problem(401, "invalid_credentials");
        } else {
            assert_refused(&answer);
        }
    }
}

#[tokio::test]
async fn every_operation_that_changes_something_is_refused_and_no_other() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[&GUARDING[..], &ORIGINS].concat());
    let root = server.super_admin("super").await;
    let document = root.get("/api/openapi.json").await.expect(200);
    for operation in operations() {
        let client = caller(&server, &root, &operation);
        let path = operation.path_with("impossible");
        let request = client.request(operation.method.clone(), &path);
        let request = request.header("origin", STRANGER).header(SEC_FETCH_SITE, "cross-site");

        let answer = client.send(request.json(&json!({}))).await;

        let is_refused = answer.text.contains("cross_site_request");
        assert_eq!(
            is_refused,
            !operation.method.is_safe(),
            "{path}: {answer:?}: its controller must ask for `Authenticated` or `Anonymous`"
        );
        let described = &document["paths"][operation.path.trim_end_matches('/')];
        let described = &described[operation.method.as_str().to_lowercase()]["responses"]["403"]["description"];
        let is_documented = described
            .as_str()
            .is_some_and(|text| text.contains("`cross_site_request`"));
        assert_eq!(is_documented, is_refused, "{path}: {described}");
    }
    root.me().await.expect(200);
}

#[tokio::test]
async fn a_form_reaches_no_operation_even_from_a_listed_origin() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[&GUARDING[..], &ORIGINS].concat());
    let root = server.super_admin("super").await;
    for operation in operations().iter().filter(|operation| operation.method == Method::POST) {
        // Without a body there is no shape to reject: the check of origins is the only one.
        let Some(body) = operation.body else { continue };
        let client = caller(&server, &root, operation);
        for encoding in [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain",
        ] {
            let request = client.request(Method::POST, operation.path);
            let request = request.header("origin", PUBLIC).header("content-type", encoding);
            let answer = client.send(request.body(body)).await;
            answer.problem(415, "unsupported_media_type");
        }
    }
}

#[tokio::test]
async fn a_front_end_that_is_let_in_can_read_what_it_is_refused_for_and_a_stranger_cannot() {
    let server = Server::start_with(DatabaseKind::Sqlite, &ORIGINS);
    let client = server.anonymous();

    let answer = client.send(log_in(&client).header("origin", FRONT_END)).await;
    answer.problem(401, "invalid_credentials");
    assert_eq!(answer.header("access-control-allow-origin"), Some(FRONT_END));

    let refused = client.send(log_in(&client).header("origin", STRANGER)).await;
    assert_refused(&refused);
    assert_eq!(refused.header("access-control-allow-origin"), None);
}

/// Someone who may call the operation.
fn caller(server: &Server, root: &Client, operation: &Operation) -> Client {
    match operation.open_to {
        OpenTo::Authenticated => root.clone(),
        OpenTo::Everyone | OpenTo::Anonymous => server.anonymous(),
    }
}

fn sign_up(client: &Client) -> RequestBuilder {
    let body = json!({"username": "alice", "password": PASSWORD});
    client.request(Method::POST, "/api/v1/account/signup").json(&body)
}

fn log_in(client: &Client) -> RequestBuilder {
    let body = json!({"username": "nobody", "password": PASSWORD});
    client.request(Method::POST, "/api/v1/account/login").json(&body)
}

#[track_caller]
fn assert_refused(answer: &Answer) {
    let problem = answer.problem(403, "cross_site_request");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("server.public_origins"), "{answer:?}");
    assert!(answer.cookies().is_empty(), "{answer:?}");
}
