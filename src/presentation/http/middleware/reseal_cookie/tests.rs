use actix_web::{cookie::Key, http::header::COOKIE};
use proptest::{collection::vec, prelude::*};
use rstest::rstest;

use super::*;
use crate::presentation::http::HttpSettings;

const CURRENT: u8 = 1;
const FORMER: u8 = 2;
const OLDEST: u8 = 3;
const UNKNOWN: u8 = 4;

fn key(number: u8) -> Key {
    Key::derive_from(&[number; 32])
}

fn settings() -> CookieSettings {
    CookieSettings {
        key: key(CURRENT),
        former_keys: vec![key(FORMER), key(OLDEST)],
        ..HttpSettings::for_tests(&[]).cookie
    }
}

/// What a browser sends of a cookie of this content, sealed with a key.
fn sealed(number: u8, content: &str) -> String {
    let mut jar = CookieJar::new();
    let name = settings().name;
    jar.private_mut(&key(number))
        .add(Cookie::new(name.clone(), content.to_owned()));
    jar.get(&name).unwrap().encoded().stripped().to_string()
}

/// What the key in use opens of a pair.
fn opened(pair: &str) -> Option<String> {
    let cookie = Cookie::parse_encoded(pair).ok()?.into_owned();
    let opened = CookieJar::new().private(&key(CURRENT)).decrypt(cookie)?;
    Some(opened.value().to_owned())
}

/// What becomes of `Cookie` headers.
fn resealed<T: AsRef<[u8]>>(values: &[T]) -> Vec<Vec<u8>> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(COOKIE, HeaderValue::from_bytes(value.as_ref()).unwrap());
    }
    reseal_cookie(&settings(), &mut headers);
    let values = headers.get_all(COOKIE);
    values.map(|value| value.as_bytes().to_vec()).collect()
}

fn resealed_text(value: &str) -> String {
    let [value] = resealed(&[value]).try_into().unwrap();
    String::from_utf8(value).unwrap()
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
    assert_eq!(opened(&resealed_text(&before)), Some(content));
}

#[rstest]
#[case::under_the_key_in_use(sealed(CURRENT, "content"))]
#[case::under_an_unknown_key(sealed(UNKNOWN, "content"))]
#[case::under_another_name(sealed(FORMER, "content").replace("__Host-", "__Secure-"))]
#[case::with_a_longer_name(format!("x{}", sealed(FORMER, "content")))]
#[case::with_a_changed_value(format!("{}A", sealed(FORMER, "content")))]
#[case::with_no_value("__Host-access_token=".to_owned())]
#[case::garbage("__Host-access_token=%FF%zz; =; ;;a;\t b =  c ".to_owned())]
fn another_cookie_stays_as_it_is(#[case] cookie: String) {
    assert_eq!(resealed_text(&cookie), cookie);
}

#[test]
fn around_the_cookie_every_byte_stays() {
    let cookie = sealed(FORMER, "content");
    let decoy = format!("x={cookie}");
    let before = format!(" a=%FF%zz ;{decoy};;\t{cookie}  ;b=\"ä\"; ={decoy};c");
    let after = resealed_text(&before);

    let (start, rest) = before.split_once(&format!("\t{cookie}")).unwrap();
    let pair = after
        .strip_prefix(&format!("{start}\t"))
        .and_then(|after| after.strip_suffix(rest))
        .unwrap();
    assert_eq!(opened(pair).as_deref(), Some("content"));
}

#[test]
fn in_several_headers_it_is_found_and_the_others_stay() {
    let before = [
        b"a=\xFF; b=c".to_vec(),
        sealed(FORMER, "content").into_bytes(),
        b"d=e".to_vec(),
    ];
    let after = resealed(&before);
    assert_eq!([&after[0], &after[2]], [&before[0], &before[2]]);
    let pair = str::from_utf8(&after[1]).unwrap();
    assert_eq!(opened(pair).as_deref(), Some("content"));
}

proptest! {
    #[test]
    fn a_header_without_our_cookie_stays_as_it_is(
        header in vec(prop_oneof![Just(b'\t'), 32..=126_u8, 128..=255_u8], 0..100),
    ) {
        prop_assert_eq!(resealed(&[&header]), [header]);
    }

    #[test]
    fn whatever_is_sent_under_our_name_does_no_harm(
        start in "[a-z=; ]{0,9}",
        value in "[ -~ä]{0,40}|[A-Za-z0-9+/]{0,40}={0,2}",
    ) {
        let header = format!("{start};__Host-access_token={value}");
        prop_assert_eq!(resealed_text(&header), header);
    }
}
