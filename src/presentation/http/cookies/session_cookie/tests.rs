use actix_web::{
    http::header::{COOKIE, HeaderValue},
    test::TestRequest,
    web,
};
use proptest::{collection::vec, prelude::*};
use rstest::rstest;

use super::*;

const CURRENT: u8 = 1;
const FORMER: u8 = 2;
const OLDEST: u8 = 3;
const UNKNOWN: u8 = 4;

const DEVICE: &str = "__Host-access_token_device=d";

fn key(number: u8) -> Key {
    Key::derive_from(&[number; 32])
}

fn settings_with(key_number: u8, former_keys: &[u8]) -> CookieSettings {
    CookieSettings {
        key: key(key_number),
        former_keys: former_keys.iter().copied().map(key).collect(),
        ..CookieSettings::for_tests()
    }
}

fn settings() -> CookieSettings {
    settings_with(CURRENT, &[FORMER, OLDEST])
}

fn without_former_keys() -> CookieSettings {
    settings_with(CURRENT, &[])
}

/// Returns the value that a browser sends of a cookie with this content, sealed with a key.
fn sealed(number: u8, content: &str) -> String {
    let mut jar = CookieJar::new();
    let name = settings().name;
    jar.private_mut(&key(number))
        .add(Cookie::new(name.clone(), content.to_owned()));
    jar.get(&name).unwrap().encoded().stripped().to_string()
}

/// The same of a cookie with this token, as the session middleware makes it.
fn session(number: u8, token: &str) -> String {
    let token = serde_json::to_string(token).unwrap();
    sealed(number, &serde_json::json!({ "token": token }).to_string())
}

/// Returns the tokens in these `Cookie` headers.
fn tokens<T: AsRef<[u8]>>(settings: &CookieSettings, headers: &[T]) -> Vec<String> {
    let request = headers.iter().fold(TestRequest::default(), |request, value| {
        request.append_header((COOKIE, HeaderValue::from_bytes(value.as_ref()).unwrap()))
    });
    let mut request = request.app_data(web::Data::new(settings.clone())).to_srv_request();
    ReceivedCookies::take(&mut request);
    let tokens = SessionCookie::of(request.request()).tokens();
    tokens.iter().map(|token| token.expose().to_owned()).collect()
}

#[rstest]
#[case::of_an_ordinary_length("{\"token\":\"ä;=% +/\"}".to_owned())]
#[case::empty(String::new())]
#[case::as_long_as_cookies_can_be("x".repeat(3900))]
fn a_cookie_is_read_with_the_key_in_use_or_a_former_one(
    #[values(CURRENT, FORMER, OLDEST)] number: u8,
    #[case] token: String,
) {
    let cookie = session(number, &token);
    assert_eq!(tokens(&settings(), &[&cookie]), [token]);
    assert_eq!(tokens(&without_former_keys(), &[&cookie]).is_empty(), number != CURRENT);
}

#[rstest]
#[case::beside_it(b"a=\xff; ", b"; b=\xfe\xff")]
#[case::in_any_form(b"\xff;=;;\xff=\xff; c=d; ", b" ;%zz")]
fn cookies_of_other_applications_do_no_harm_whatever_they_hold(#[case] before: &[u8], #[case] after: &[u8]) {
    let cookie = session(CURRENT, "token");
    for settings in [settings(), without_former_keys()] {
        let one = [before, cookie.as_bytes(), b";", DEVICE.as_bytes(), after].concat();
        let several = [before, DEVICE.as_bytes(), cookie.as_bytes(), after];
        assert_eq!(tokens(&settings, &[one]), ["token"]);
        assert_eq!(tokens(&settings, &several), ["token"]);
    }
}

#[test]
fn of_several_session_cookies_the_first_that_open_are_tried() {
    let others = ["a", "b", "c", "d"].map(|token| session(CURRENT, token));
    let line = [
        sealed(UNKNOWN, "x"),
        "__Host-access_token=\u{e9}".to_owned(),
        session(FORMER, "f"),
    ]
    .join("; ");
    let found = tokens(&settings(), &[line, others.join(";")]);
    assert_eq!(found, ["f", "a", "b", "c"], "no more than {MAX_SESSIONS} in all");

    let found = tokens(&without_former_keys(), &[session(FORMER, "x"), session(CURRENT, "a")]);
    assert_eq!(found, ["a"]);
}

#[rstest]
#[case::under_an_unknown_key(session(UNKNOWN, "token").into_bytes())]
#[case::with_a_changed_value(format!("{}A", session(FORMER, "token")).into_bytes())]
#[case::with_other_content(sealed(CURRENT, "token").into_bytes())]
#[case::with_no_token(sealed(CURRENT, "{}").into_bytes())]
#[case::with_no_value(b"__Host-access_token=".to_vec())]
#[case::not_utf_8(b"__Host-access_token=\xff".to_vec())]
#[case::not_utf_8_once_decoded(b"__Host-access_token=%ff".to_vec())]
#[case::under_another_name(session(FORMER, "token").replace("__Host-", "__Secure-").into_bytes())]
#[case::with_a_longer_name(format!("x{}", session(FORMER, "token")).into_bytes())]
#[case::in_capitals(session(FORMER, "token").to_uppercase().into_bytes())]
fn another_cookie_has_no_token(#[case] cookie: Vec<u8>) {
    assert!(tokens(&settings(), &[cookie]).is_empty());
}

#[test]
fn a_device_cookie_shows_nothing_and_is_read_with_the_key_in_use_or_a_former_one() {
    let token = DeviceToken::new("header.claims.signature");
    let cookie = settings_with(1, &[]).device_cookie(&token).unwrap();
    assert!(!cookie.value().contains("claims"));

    let value = cookie.value().as_bytes();
    for settings in [settings_with(1, &[]), settings_with(2, &[1])] {
        assert_eq!(settings.device_token(value), Some(token.clone()));
    }
    assert_eq!(settings_with(2, &[]).device_token(value), None);
    assert_eq!(settings_with(1, &[]).device_token(b"header.claims.signature"), None);
    assert_eq!(settings_with(1, &[]).device_token(b"\xff"), None);
}

proptest! {
    #[test]
    fn whatever_is_sent_has_no_token(
        header in vec(prop_oneof![Just(b'\t'), 32..=126_u8, 128..=255_u8], 0..100),
        value in "[ -~]{0,40}|[A-Za-z0-9+/]{0,40}={0,2}",
    ) {
        let ours = format!("__Host-access_token={}", value.replace(';', ""));
        prop_assert!(tokens(&settings(), &[header, ours.into_bytes()]).is_empty());
    }
}
