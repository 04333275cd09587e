//! Cookies that stand beside ours: of other applications, and of the same name from another domain or deployment.

use reqwest::{Method, RequestBuilder};
use serde_json::json;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::{
    support::{Answer, Client, PASSWORD, Server},
    throttling::{LONG_DELAY, fail_three_times, retry_after, start},
};

/// Cookies of other applications, which hold any bytes.
const FOREIGN: [&[u8]; 4] = [
    b"theme=\xff\xfe",
    b"\xff",
    b"a=\"\xe9\"",
    b"b=%ff; access_token_=1; =; ;x",
];

#[apply(on_every_database)]
#[tokio::test]
async fn a_cookie_of_another_application_logs_nobody_out(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let own = alice.cookie().unwrap();
    let anonymous = server.anonymous();
    for foreign in FOREIGN {
        for headers in [
            vec![[foreign, b"; ", own.as_bytes()].concat()],
            vec![[own.as_bytes(), b";", foreign].concat()],
            vec![foreign.to_vec(), own.clone().into_bytes()],
            vec![own.clone().into_bytes(), foreign.to_vec()],
        ] {
            send(&anonymous, Method::GET, "me", &headers).await.expect(200);
        }
    }
    let log_out = send(
        &anonymous,
        Method::DELETE,
        "logout",
        &[FOREIGN[0].to_vec(), own.clone().into_bytes()],
    )
    .await;
    assert_eq!(log_out.status, 204, "{log_out:?}");
    log_out.assert_clears_the_cookie();
    alice.me().await.problem(401, "not_authenticated");
}

#[tokio::test]
async fn a_device_is_known_whatever_cookies_stand_beside_its_own() {
    let server = start(DatabaseKind::Sqlite, &[LONG_DELAY]);
    let alice = server.user("alice").await;
    alice.log_out().await;
    let device = alice.device_cookie().unwrap();
    let stranger = server.anonymous();
    fail_three_times(&stranger, "alice").await;
    retry_after(&stranger.log_in("alice", PASSWORD).await);
    let credentials = json!({"username": "alice", "password": PASSWORD});
    let request = with_cookies(
        stranger
            .request(Method::POST, "/api/v1/account/login")
            .json(&credentials),
        &[[FOREIGN[0], b";", device.as_bytes()].concat()],
    );
    stranger.send(request).await.expect(200);
}

#[apply(on_every_database)]
#[tokio::test]
async fn of_several_session_cookies_the_one_that_opens_a_session_counts(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let live = session(&alice);
    let ended = server.logged_in("alice").await;
    let dead = session(&ended);
    ended.log_out().await;
    let old_deployment = Server::start(database);
    let foreign = session(&old_deployment.user("alice").await);
    let anonymous = server.anonymous();
    let bad = [
        dead.as_str(),
        foreign.as_str(),
        "access_token=x",
        "access_token=",
        "access_token=\u{e9}",
    ];
    for bad in bad {
        for headers in [
            vec![format!("{bad}; {live}")],
            vec![format!("{live}; {bad}")],
            vec![bad.to_owned(), live.clone()],
            vec![format!("{bad}; {bad}; {live}")],
        ] {
            let headers = Vec::from_iter(headers.into_iter().map(String::into_bytes));
            let answer = send(&anonymous, Method::GET, "me", &headers).await;
            answer.expect(200);
            assert!(answer.cookies().is_empty(), "{answer:?}");
        }
    }
    let none = send(&anonymous, Method::GET, "me", &[bad.join("; ").into_bytes()]).await;
    none.problem(401, "not_authenticated");
    none.assert_clears_the_cookie();

    // What changes the session changes that one, and the browser is told.
    let both = [format!("{foreign}; {dead}; {live}").into_bytes()];
    let logged_in = send(&anonymous, Method::POST, "login", &both).await;
    logged_in.problem(403, "already_authenticated");
    let logged_out = send(&anonymous, Method::DELETE, "logout", &both).await;
    assert_eq!(logged_out.status, 204, "{logged_out:?}");
    logged_out.assert_clears_the_cookie();
    alice.me().await.problem(401, "not_authenticated");
}

/// The pair of the session cookie alone.
fn session(client: &Client) -> String {
    let cookies = client.cookie().unwrap();
    let pair = cookies.split("; ").find(|pair| pair.starts_with("access_token="));
    pair.unwrap().to_owned()
}

async fn send(client: &Client, method: Method, path: &str, cookies: &[Vec<u8>]) -> Answer {
    let request = client.request(method, &format!("/api/v1/account/{path}"));
    client.send(with_cookies(request, cookies).json(&json!({}))).await
}

fn with_cookies(request: RequestBuilder, cookies: &[Vec<u8>]) -> RequestBuilder {
    cookies
        .iter()
        .fold(request, |request, value| request.header("cookie", &value[..]))
}
