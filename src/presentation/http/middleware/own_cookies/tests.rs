use actix_web::{
    cookie::{Cookie, CookieJar, Key},
    http::header::COOKIE,
    test::TestRequest,
};
use proptest::{collection::vec, prelude::*};
use rstest::rstest;

use super::*;
use crate::presentation::http::cookies::PassCookieSettings;

const CURRENT: u8 = 1;
const FORMER: u8 = 2;
const OLDEST: u8 = 3;
const UNKNOWN: u8 = 4;

const DEVICE: &str = "__Host-access_token_device=d";

fn key(number: u8) -> Key {
    Key::derive_from(&[number; 32])
}

fn settings() -> CookieSettings {
    CookieSettings {
        key: key(CURRENT),
        former_keys: vec![key(FORMER), key(OLDEST)],
        ..CookieSettings::for_tests()
    }
}

fn without_former_keys() -> CookieSettings {
    CookieSettings {
        former_keys: Vec::new(),
        ..settings()
    }
}

/// Returns the value that a browser sends of a cookie with this content, sealed with a key.
fn sealed(number: u8, content: &str) -> String {
    let mut jar = CookieJar::new();
    let name = settings().name;
    jar.private_mut(&key(number))
        .add(Cookie::new(name.clone(), content.to_owned()));
    jar.get(&name).unwrap().encoded().stripped().to_string()
}

/// The content of a session, as the session middleware makes it.
fn session(token: &str) -> String {
    format!(r#"{{"token":"\"{token}\""}}"#)
}

/// Decrypts the content of a pair with the current key.
fn opened(pair: &str) -> Option<String> {
    let cookie = Cookie::parse_encoded(pair).ok()?.into_owned();
    let opened = CookieJar::new().private(&key(CURRENT)).decrypt(cookie)?;
    Some(opened.value().to_owned())
}

/// Returns the pairs that are left of `Cookie` headers, and the other tokens.
fn kept<T: AsRef<[u8]>>(settings: &CookieSettings, values: &[T]) -> (Vec<String>, Vec<String>) {
    let request = values.iter().fold(TestRequest::default(), |request, value| {
        request.append_header((COOKIE, HeaderValue::from_bytes(value.as_ref()).unwrap()))
    });
    let mut request = request.to_srv_request();
    keep_own_cookies(settings, &mut request);
    let headers = Vec::from_iter(request.headers().get_all(COOKIE));
    assert!(headers.len() <= 1, "{headers:?}");
    let pairs = headers.first().map_or(Vec::new(), |value| {
        value.to_str().unwrap().split("; ").map(str::to_owned).collect()
    });
    let extensions = request.extensions();
    let tokens = extensions.get::<OtherTokens>().map_or(&[][..], |tokens| &tokens.0);
    (pairs, tokens.iter().map(|token| token.expose().to_owned()).collect())
}

#[rstest]
#[case::of_an_ordinary_length("{\"token\":\"ä;=% +/\"}".to_owned())]
#[case::empty(String::new())]
#[case::as_long_as_cookies_can_be("x".repeat(4000))]
fn a_cookie_under_a_former_key_comes_under_the_one_in_use(
    #[values(FORMER, OLDEST)] number: u8,
    #[case] content: String,
) {
    let before = sealed(number, &content);
    assert_eq!(opened(&before), None);
    let (pairs, _) = kept(&settings(), &[&before]);
    assert_eq!(opened(&pairs[0]), Some(content));
}

#[rstest]
#[case::beside_it(b"a=\xff; ", b"; b=\xfe\xff")]
#[case::in_any_form(b"\xff;=;;\xff=\xff; c=d; ", b" ;%zz")]
fn cookies_of_other_applications_are_left_out_whatever_they_hold(#[case] before: &[u8], #[case] after: &[u8]) {
    let cookie = sealed(CURRENT, "content");
    for settings in [settings(), without_former_keys()] {
        let one = [before, cookie.as_bytes(), b";", DEVICE.as_bytes(), after].concat();
        let several = [before, DEVICE.as_bytes(), cookie.as_bytes(), after];
        for (pairs, _) in [kept(&settings, &[one]), kept(&settings, &several)] {
            assert_eq!(opened(&pairs[0]).as_deref(), Some("content"));
            assert_eq!(pairs[1..], [DEVICE]);
        }
    }
}

#[test]
fn of_several_session_cookies_the_first_that_opens_goes_on_and_the_tokens_of_the_others_go_along() {
    let others = ["a", "b", "c", "d"].map(|token| sealed(CURRENT, &session(token)));
    let line = [
        sealed(UNKNOWN, "x"),
        "__Host-access_token=\u{e9}".to_owned(),
        sealed(FORMER, &session("f")),
    ]
    .join("; ");
    let (pairs, tokens) = kept(&settings(), &[line, others.join(";")]);
    assert_eq!(opened(&pairs[0]), Some(session("f")));
    assert_eq!(pairs.len(), 1);
    assert_eq!(tokens, ["a", "b", "c"], "no more than {MAX_SESSIONS} in all");

    let (pairs, tokens) = kept(
        &without_former_keys(),
        &[sealed(FORMER, "x"), sealed(CURRENT, &session("a"))],
    );
    assert_eq!(opened(&pairs[0]), Some(session("a")));
    assert!(tokens.is_empty());
}

#[test]
fn passes_are_kept_while_services_are_guarded() {
    let cookies = ["a", "b", "c", "d", "e"].map(|value| format!("x=y; __Secure-access_token_pass={value}"));
    assert_eq!(kept(&settings(), &cookies), (Vec::new(), Vec::new()));

    let pass = PassCookieSettings {
        name: "__Secure-access_token_pass".to_owned(),
        domain: "example.com".to_owned(),
    };
    let settings = CookieSettings {
        pass: Some(pass),
        ..settings()
    };
    let (pairs, tokens) = kept(&settings, &cookies);
    assert_eq!(
        pairs,
        ["a", "b", "c", "d", "e"].map(|value| format!("__Secure-access_token_pass={value}"))
    );
    assert!(tokens.is_empty());
}

#[rstest]
#[case::under_an_unknown_key(sealed(UNKNOWN, "content").into_bytes())]
#[case::with_a_changed_value(format!("{}A", sealed(FORMER, "content")).into_bytes())]
#[case::with_no_value(b"__Host-access_token=".to_vec())]
#[case::not_utf_8(b"__Host-access_token=\xff".to_vec())]
fn where_none_opens_an_empty_one_stands_for_it(#[case] cookie: Vec<u8>) {
    let (pairs, tokens) = kept(&settings(), &[cookie]);
    assert_eq!(pairs, ["__Host-access_token="]);
    assert!(tokens.is_empty());
}

#[rstest]
#[case::under_another_name(sealed(FORMER, "content").replace("__Host-", "__Secure-"))]
#[case::with_a_longer_name(format!("x{}", sealed(FORMER, "content")))]
#[case::in_capitals(sealed(FORMER, "content").to_uppercase())]
fn another_cookie_is_left_out(#[case] cookie: String) {
    assert_eq!(kept(&settings(), &[cookie]), (Vec::new(), Vec::new()));
}

proptest! {
    #[test]
    fn whatever_is_sent_does_no_harm(
        header in vec(prop_oneof![Just(b'\t'), 32..=126_u8, 128..=255_u8], 0..100),
        value in "[ -~]{0,40}|[A-Za-z0-9+/]{0,40}={0,2}",
    ) {
        let ours = format!("__Host-access_token={}", value.replace(';', ""));
        let (pairs, tokens) = kept(&settings(), &[header, ours.into_bytes()]);
        prop_assert_eq!(&pairs[0], "__Host-access_token=");
        prop_assert!(tokens.is_empty());
    }
}
