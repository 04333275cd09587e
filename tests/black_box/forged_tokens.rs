//! What a token holds, and that no other token is accepted, not even in a cookie that was sealed with the right key.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{
    Server,
    forger::{COOKIE_SECRET, TOKEN_SECRET, open, seal, start_with_known_secrets, token_in},
};

#[apply(on_every_database)]
#[tokio::test]
async fn the_cookie_holds_the_token_and_nothing_else(database: DatabaseKind) {
    let server = start_with_known_secrets(database, &[]);
    let alice = server.user("alice").await;
    let content = open(&alice.cookie().unwrap());
    assert_eq!(content.as_object().unwrap().keys().collect::<Vec<_>>(), ["token"]);

    let (header, claims) = token_in(&alice.cookie().unwrap());
    assert_eq!(header["typ"], "JWT");
    assert_eq!(header["alg"], "HS256");
    assert!(header["kid"].as_str().is_some_and(|kid| !kid.is_empty()), "{header}");
    let names: Vec<_> = claims.as_object().unwrap().keys().collect();
    assert_eq!(names, ["aud", "exp", "iat", "iss", "sid"], "{claims}");
    assert_eq!(claims["iss"], "gatehouse");
    assert_eq!(claims["aud"], "gatehouse");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    assert_eq!(
        claims["sid"].as_str().unwrap().len(),
        43,
        "256 bits in base64: {claims}"
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_secret_of_a_session_is_never_the_same(database: DatabaseKind) {
    let server = start_with_known_secrets(database, &[]);
    let alice = server.user("alice").await;
    let again = server.logged_in("alice").await;
    let [one, other] = [alice, again].map(|client| token_in(&client.cookie().unwrap()).1["sid"].take());
    assert_ne!(one, other);
}

/// A way to change the claims of a good token.
type Forgery = fn(&mut Value);

#[apply(on_every_database)]
#[tokio::test]
async fn a_token_with_other_claims_is_refused_though_it_is_signed_with_the_right_key(database: DatabaseKind) {
    let server = start_with_known_secrets(database, &[]);
    let cookie = server.user("alice").await.cookie().unwrap();
    let resealed = |forge: Forgery| {
        let (header, mut claims) = token_in(&cookie);
        forge(&mut claims);
        sealed(&signed(&header, TOKEN_SECRET, &claims))
    };
    // The forger knows the trade: what is left as it is, is accepted.
    server.carrying(&resealed(|_| {})).me().await.expect(200);

    let forgeries: [(&str, Forgery); 10] = [
        ("expired", |claims| claims["exp"] = claims["iat"].clone()),
        ("without expiry", |claims| {
            drop(claims.as_object_mut().unwrap().remove("exp"))
        }),
        ("with an ill-typed expiry", |claims| claims["exp"] = json!("never")),
        ("of another issuer", |claims| claims["iss"] = json!("gatekeeper")),
        ("without issuer", |claims| {
            drop(claims.as_object_mut().unwrap().remove("iss"))
        }),
        ("for another audience", |claims| claims["aud"] = json!("gatekeeper")),
        ("without audience", |claims| {
            drop(claims.as_object_mut().unwrap().remove("aud"))
        }),
        ("without session", |claims| {
            drop(claims.as_object_mut().unwrap().remove("sid"))
        }),
        ("of an unknown session", |claims| claims["sid"] = json!("A".repeat(43))),
        ("of an impossible session", |claims| {
            claims["sid"] = json!("' OR 1 = 1 --")
        }),
    ];
    for (what, forge) in forgeries {
        assert_refused(&server, what, &resealed(forge)).await;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_token_that_is_signed_otherwise_is_refused(database: DatabaseKind) {
    let server = start_with_known_secrets(database, &[]);
    let cookie = server.user("alice").await.cookie().unwrap();
    let (header, claims) = token_in(&cookie);
    let token = signed(&header, TOKEN_SECRET, &claims);
    let (content, _) = token.rsplit_once('.').unwrap();
    let (_, payload) = content.split_once('.').unwrap();
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        header
    };
    let unsigned = |algorithm: &str| {
        let header = with("alg", json!(algorithm)).to_string();
        format!("{}.{payload}.", base64url(&header))
    };

    for (what, token) in [
        (
            "with another key",
            signed(&header, "another secret of at least 32 bytes", &claims),
        ),
        (
            "with a key of another name",
            signed(&with("kid", json!("another")), TOKEN_SECRET, &claims),
        ),
        (
            "with a key of no name",
            signed(&with("kid", Value::Null), TOKEN_SECRET, &claims),
        ),
        (
            "with HS384",
            signed(&with("alg", json!("HS384")), TOKEN_SECRET, &claims),
        ),
        (
            "with HS512",
            signed(&with("alg", json!("HS512")), TOKEN_SECRET, &claims),
        ),
        ("with `none`", unsigned("none")),
        ("with `NONE`", unsigned("NONE")),
        ("with an algorithm of no standard", unsigned("HS1")),
        ("without signature", format!("{content}.")),
        ("with half a signature", token[..token.len() - 20].to_owned()),
        ("not at all", content.to_owned()),
        ("but is no token", "garbage".to_owned()),
        ("but is empty", String::new()),
    ] {
        assert_refused(&server, what, &sealed(&token)).await;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn only_the_configured_algorithm_is_used_and_accepted(database: DatabaseKind) {
    let mut server = start_with_known_secrets(database, &[]);
    let mut cookies = vec![server.user("alice").await.cookie().unwrap()];
    for algorithm in ["HS384", "HS512"] {
        server.stop();
        server.restart_with(&[("APP_SECURITY__AUTH__JWT_ALGORITHM", algorithm)]);
        for cookie in &cookies {
            assert_refused(&server, &format!("from before {algorithm}"), cookie).await;
        }
        let alice = server.logged_in("alice").await;
        alice.me().await.expect(200);
        let cookie = alice.cookie().unwrap();
        assert_eq!(token_in(&cookie).0["alg"], algorithm);
        cookies.push(cookie);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_cookie_of_another_form_is_refused(database: DatabaseKind) {
    let server = start_with_known_secrets(database, &[]);
    let cookie = server.user("alice").await.cookie().unwrap();
    let (name, value) = cookie.split_once('=').unwrap();
    let changed = if value.starts_with('A') { 'B' } else { 'A' };
    for (what, cookie) in [
        ("without token", seal(&json!({}))),
        ("with a token of another type", seal(&json!({"token": "[1]"}))),
        ("that holds no object", seal(&json!("token"))),
        (
            "in the clear",
            format!("{name}={}", open(&cookie)["token"].as_str().unwrap().trim_matches('"')),
        ),
        ("cut short", format!("{name}={}", &value[..value.len() - 8])),
        ("with one character changed", format!("{name}={changed}{}", &value[1..])),
        ("garbage", format!("{name}=garbage")),
        ("badly encoded", format!("{name}=%FF%zz")),
        (
            "beside one of another application that is badly encoded",
            format!("other=%FF; {name}=garbage"),
        ),
        ("empty", format!("{name}=")),
        ("long", format!("{name}={}", "A".repeat(4000))),
    ] {
        assert_refused(&server, what, &cookie).await;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_cookie_of_another_server_is_refused(database: DatabaseKind) {
    let several = format!("[\"{COOKIE_SECRET}\", \"another key, of at least 32 bytes, that was in use once\"]");
    let server = Server::start_with(database, &[("APP_SECURITY__COOKIES__KEY", &several)]);
    let other = Server::start(database);
    let cookie = other.user("alice").await.cookie().unwrap();
    server.user("alice").await;
    assert_refused(&server, "of another server", &cookie).await;
}

/// Asserts that nobody is logged in by this cookie, and that it is cleared.
async fn assert_refused(server: &Server, what: &str, cookie: &str) {
    let answer = server.carrying(cookie).me().await;
    assert_eq!(answer.status, 401, "a token or cookie {what}: {answer:?}");
    answer.problem(401, "not_authenticated");
    answer.assert_clears_the_cookie();
}

fn signed(header: &Value, secret: &str, claims: &Value) -> String {
    let header: Header = serde_json::from_value(header.clone()).unwrap();
    encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn sealed(token: &str) -> String {
    seal(&json!({"token": json!(token).to_string()}))
}

fn base64url(text: &str) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text)
}
