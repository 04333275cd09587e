//! nginx and Caddy guard a service, configured as in the guide: what gets through, and as whom.

pub mod place;
mod service;

use std::collections::BTreeMap;

use reqwest::{
    Method, RequestBuilder,
    header::{COOKIE, HOST},
};
use rstest::rstest;
use serde_json::json;
use test_database::DatabaseKind;

use self::{
    place::{Place, Proxy},
    service::Seen,
};
use crate::{
    browser,
    support::{Answer, Client, GUARDING, PASSWORD, Server},
};

/// What a client may send to pass for somebody else.
const FORGED: [(&str, &str); 16] = [
    ("remote-user", "super"),
    ("remote-groups", "super_admin,admin,user"),
    ("remote-user-id", "forged"),
    ("remote_user", "super"),
    ("remote_groups", "super_admin"),
    ("remote_user_id", "forged"),
    ("remote-user_id", "forged"),
    ("remote_user-id", "forged"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "evil.test"),
    ("x-forwarded-uri", "/elsewhere"),
    ("x-forwarded-method", "POST"),
    ("x-original-url", "http://evil.test/"),
    ("x-original-method", "POST"),
    ("forwarded", "for=127.0.0.1;host=evil.test"),
];
const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn who_is_not_logged_in_is_led_to_the_log_in_or_told_so(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let log_in = place.log_in_for("/reports?year=2026&all=%2F");
    let request = |method, headers: &[(&'static str, &'static str)]| {
        let request = place.request(method, "/reports?year=2026&all=%2F");
        headers
            .iter()
            .fold(request, |request, header| request.header(header.0, header.1))
    };
    for (status, request) in [
        (302, request(Method::GET, &[PAGE])),
        (302, request(Method::HEAD, &[PAGE])),
        (401, request(Method::GET, &[])),
        (401, request(Method::GET, &[("accept", "application/json")])),
        (
            401,
            request(Method::GET, &[PAGE, ("x-requested-with", "XMLHttpRequest")]),
        ),
        (401, request(Method::POST, &[PAGE]).body("x=y")),
        (401, request(Method::DELETE, &[PAGE])),
    ] {
        let answer = place.send(request).await;
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 302 {
            assert_eq!(answer.header("location"), Some(&*log_in), "{answer:?}");
        }
        assert!(answer.cookies().is_empty(), "{answer:?}");
    }
    assert_eq!(place.seen(), [], "nothing got through");
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn the_service_is_told_who_is_logged_in(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let alice = place.server.user("alice").await;
    let id = alice.me().await.expect(200)["id"].take();
    let pass = place.pass_of(&alice).await;
    let answer = place
        .send(place.request(Method::GET, "/reports").header(COOKIE, &pass))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let [seen] = &place.seen()[..] else {
        panic!("{answer:?}")
    };
    assert_eq!((&*seen.method, &*seen.target), ("GET", "/reports"));
    assert_caller(seen, "alice", "user", id.as_str().unwrap());
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn forged_headers_of_a_client_have_no_effect(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let forge = |request: RequestBuilder| {
        let forged = FORGED.iter();
        forged.fold(request, |request, (name, value)| request.header(*name, *value))
    };

    let request = forge(place.request(Method::GET, "/reports").header(PAGE.0, PAGE.1));
    let answer = place.send(request).await;
    assert_eq!(answer.status, 302, "{answer:?}");
    assert_eq!(answer.header("location"), Some(&*place.log_in_for("/reports")));
    assert_eq!(place.seen(), []);

    let alice = place.server.user("alice").await;
    let id = alice.me().await.expect(200)["id"].take();
    let pass = place.pass_of(&alice).await;
    let answer = place
        .send(forge(place.request(Method::GET, "/reports").header(COOKIE, &pass)))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_caller(&place.seen()[0], "alice", "user", id.as_str().unwrap());
    let answer = place
        .send(forge(place.request(Method::GET, "/admin/").header(COOKIE, &pass)))
        .await;
    assert_eq!(answer.status, 403, "{answer:?}");
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn a_client_cannot_take_its_name_away(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let alice = place.server.user("alice").await;
    let id = alice.me().await.expect(200)["id"].take();
    let pass = place.pass_of(&alice).await;
    for listed in ["close, Remote-User, Remote-Groups, Remote-User-Id", "Remote-User"] {
        let request = place
            .request(Method::GET, "/")
            .header(COOKIE, &pass)
            .header("connection", listed);
        assert_eq!(place.send(request).await.status, 200);
        assert_caller(&place.seen().pop().unwrap(), "alice", "user", id.as_str().unwrap());
    }
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn a_path_may_need_a_higher_role(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let root = place.server.super_admin("super").await;
    root.create("brian", "admin").await;
    let brian = place.server.logged_in("brian").await;
    let id = brian.me().await.expect(200)["id"].take();
    let pass = place.pass_of(&brian).await;
    let status = async |path: &str| {
        let answer = place.send(place.request(Method::GET, path).header(COOKIE, &pass)).await;
        answer.status.as_u16()
    };
    assert_eq!(status("/admin/users").await, 200);
    assert_caller(&place.seen()[0], "brian", "admin,user", id.as_str().unwrap());

    root.change("revoke", "brian").await.expect(200);
    assert_eq!(status("/admin/users").await, 403, "felt by the next request");
    for path in ["/admin", "/admin?x", "//admin/", "/%61dmin/", "/x/../admin/"] {
        assert!([301, 308, 403].contains(&status(path).await), "{path}");
    }
    assert_eq!(status("/users").await, 200);
    assert_eq!(place.seen().len(), 2);
    let answer = place.send(place.request(Method::GET, "/admin/users")).await;
    assert_eq!(answer.status, 401, "{answer:?}");
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn the_end_of_a_session_is_felt_by_the_next_request(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let root = place.server.super_admin("super").await;
    place.server.user("alice").await;
    for end in ["log out", "change password", "inactivate"] {
        let alice = place.server.logged_in("alice").await;
        let pass = place.pass_of(&alice).await;
        let status = async || {
            let request = place.request(Method::GET, "/").header(COOKIE, &pass);
            place.send(request).await.status.as_u16()
        };
        assert_eq!(status().await, 200, "{end}");
        match end {
            "log out" => drop(alice.log_out().await),
            "change password" => drop(alice.change_password("alice", PASSWORD, Some(PASSWORD)).await),
            _ => drop(root.change("inactivate", "alice").await.expect(200)),
        }
        assert_eq!(status().await, 401, "{end}");
    }
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn bodies_and_any_method_get_through(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let alice = place.server.user("alice").await;
    let pass = place.pass_of(&alice).await;
    let body = "x".repeat(100_000);
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let request = place.request(method.clone(), "/things?a=b").header(COOKIE, &pass);
        let answer = place.send(request.body(body.clone())).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let seen = place.seen().pop().unwrap();
        assert_eq!((&*seen.method, &*seen.target), (method.as_str(), "/things?a=b"));
        assert_eq!(seen.body, body.as_bytes());
        assert_eq!(seen.headers["remote-user"], ["alice"]);
    }
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn a_web_socket_gets_through_the_gate_and_not_without_a_pass(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    let alice = place.server.user("alice").await;
    let pass = place.pass_of(&alice).await;
    assert_eq!(place.upgrade("").await, Err(401));
    let echoed = place.upgrade(&format!("cookie: {pass}\r\n")).await;
    assert_eq!(echoed.as_deref(), Ok("a frame, echoed"));
    assert_eq!(place.seen()[0].headers["remote-user"], ["alice"]);
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn nobody_gets_through_while_gatehouse_is_down(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let mut place = Place::new(proxy, DatabaseKind::Sqlite);
    let alice = place.server.user("alice").await;
    let pass = place.pass_of(&alice).await;
    assert_eq!(place.visit(&pass).await, 200);
    place.server.kill();
    let expected = match proxy {
        Proxy::Nginx => 500,
        Proxy::Caddy => 502,
    };
    assert_eq!(place.visit(&pass).await, expected);
    assert_eq!(place.seen().len(), 1);
}

#[rstest]
#[ignore = "needs nginx and Caddy"]
#[tokio::test]
async fn the_trial_of_the_guide_works(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::of_trial(proxy);
    let request = |host: &str, path: &str| {
        let request = place.http.get(format!("{}{path}", place.base_url()));
        request.header(HOST, format!("{host}.gate.localhost:{}", place.port))
    };
    let answer = place.send(request("app", "/").header(PAGE.0, PAGE.1)).await;
    assert_eq!(answer.status, 302, "{answer:?}");
    assert_eq!(answer.header("location"), Some(&*place.log_in_for("/")));
    assert_eq!(place.send(request("auth", "/health/live")).await.status, 200);

    let root = place.server.super_admin("root.admin").await;
    let pass = place.pass_of(&root).await;
    let answer = place.send(request("app", "/").header(COOKIE, &pass)).await;
    assert_eq!(answer.text, "Hello root.admin, you are in super_admin,admin,user.");
}

#[rstest]
#[ignore = "needs nginx, Caddy, Chromium and Node.js"]
#[tokio::test]
async fn a_browser_is_led_to_the_log_in_and_back(#[values(Proxy::Nginx, Proxy::Caddy)] proxy: Proxy) {
    let place = Place::new(proxy, DatabaseKind::Sqlite);
    place.server.user("alice").await;
    let directory = place.server.directory().to_owned();
    let (gatehouse, service) = (place.log_in_origin(), place.origin());
    let use_browser = move || {
        let variables = [
            ("GATEHOUSE_URL", &*gatehouse),
            ("GATEHOUSE_USER", "alice"),
            ("GATEHOUSE_PASSWORD", PASSWORD),
            ("SERVICE_URL", &service),
        ];
        browser::run(&directory, "gate.mjs", &variables);
    };
    // Meanwhile the service answers.
    tokio::task::spawn_blocking(use_browser).await.unwrap();
}

/// The requests that the middleware `forwardAuth` of Traefik makes, by its source code: a GET with the headers of the
/// client but those of the connection, and with `X-Forwarded-*` of its own.
#[rstest]
#[case::page("GET", PAGE, 302)]
#[case::program("GET", ("accept", "*/*"), 401)]
#[case::form("POST", PAGE, 401)]
#[tokio::test]
async fn what_traefik_asks_is_answered(#[case] method: &str, #[case] accept: (&str, &str), #[case] unknown: u16) {
    let server = Server::start_with(DatabaseKind::Sqlite, &GUARDING);
    let alice = server.user("alice").await;
    let answer = alice
        .post("/api/v1/account/pass", &json!({"rd": "https://app.example.com/"}))
        .await;
    let pass = cookie_of_pass(&answer);
    let client = server.anonymous();
    let asked = || {
        let request = client.request(Method::GET, "/api/v1/account/verify?redirect=true");
        request
            .header(accept.0, accept.1)
            .header("accept-encoding", "gzip")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", "192.0.2.1")
            .header("x-forwarded-host", "app.example.com")
            .header("x-forwarded-method", method)
            .header("x-forwarded-port", "443")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-server", "traefik")
            .header("x-forwarded-uri", "/reports?year=2026")
            .header("x-real-ip", "192.0.2.1")
            .header("x-original-url", "https://evil.test/")
    };
    let answer = client.send(asked()).await;
    assert_eq!(answer.status, unknown, "{answer:?}");
    assert_eq!(
        answer.header("location"),
        Some("https://auth.example.com/console/login?rd=https%3A%2F%2Fapp.example.com%2Freports%3Fyear%3D2026")
    );
    let answer = client.send(asked().header(COOKIE, pass)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("remote-user"), Some("alice"));
    assert!(server.log().contains("address=192.0.2.1"), "{}", server.log());
}

/// The service got each header once, with the truth, and under no other spelling.
#[track_caller]
fn assert_caller(seen: &Seen, user: &str, groups: &str, id: &str) {
    let told = seen.headers.iter();
    let told = told.filter(|(name, _)| name.replace('_', "-").starts_with("remote-"));
    let told: BTreeMap<_, _> = told.map(|(name, values)| (&**name, values.join(" and "))).collect();
    let expected = [("remote-user", user), ("remote-groups", groups), ("remote-user-id", id)];
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    assert_eq!(told, expected, "{seen:?}");
    for (name, values) in &seen.headers {
        assert!(
            !name.starts_with("x-forwarded") || !values.concat().contains("evil.test"),
            "{seen:?}"
        );
    }
}

/// The pass that an answer sets, as a `Cookie` header.
fn cookie_of_pass(answer: &Answer) -> String {
    let mut cookies = answer.cookies().into_iter();
    let cookie = cookies.find(|cookie| cookie.starts_with("access_token_pass=")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

impl Place {
    /// A pass of the client, as a `Cookie` header.
    pub async fn pass_of(&self, client: &Client) -> String {
        let rd = json!({"rd": self.origin()});
        let answer = client.post("/api/v1/account/pass", &rd).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        cookie_of_pass(&answer)
    }

    /// The status of a page of the service, for who has this pass.
    pub async fn visit(&self, pass: &str) -> u16 {
        let request = self.request(Method::GET, "/").header(COOKIE, pass);
        self.send(request.header(PAGE.0, PAGE.1)).await.status.as_u16()
    }
}
