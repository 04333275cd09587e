use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use proptest::{collection, prelude::*, sample::Index};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::infrastructure::security::{
    HmacSecrets, JwtAlgorithm, JwtOptions, RsaKeys, jwt_signer::tests::rsa_keys, jwt_verifying_key::key_id,
};

const SECRET: &str = "a secret of at least sixty-four bytes, as the longest of the hashes asks";
const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

/// These secrets, of which the first signs.
fn secrets(secrets: &[&str]) -> HmacSecrets {
    let (current, former) = secrets.split_first().unwrap();
    HmacSecrets {
        current: (*current).into(),
        former: former.iter().copied().map(Into::into).collect(),
    }
}

fn algorithm(name: &str) -> JwtAlgorithm {
    match name {
        "HS256" => JwtAlgorithm::HS256(secrets(&[SECRET])),
        "HS384" => JwtAlgorithm::HS384(secrets(&[SECRET])),
        "HS512" => JwtAlgorithm::HS512(secrets(&[SECRET])),
        "RS256" => JwtAlgorithm::RS256(rsa_keys()),
        "RS384" => JwtAlgorithm::RS384(rsa_keys()),
        _ => JwtAlgorithm::RS512(rsa_keys()),
    }
}

/// The header of a token that is signed by `key`.
fn header(algorithm: Algorithm, key: &[u8]) -> Header {
    Header {
        kid: Some(key_id(key)),
        ..Header::new(algorithm)
    }
}

fn tokens(algorithm: JwtAlgorithm) -> JwtAccessTokens {
    let signer = JwtSigner::new(JwtOptions {
        algorithm,
        issuer: "gatehouse".into(),
        audience: "clients".into(),
    });
    JwtAccessTokens::new(Arc::new(signer.unwrap()))
}

fn issue(tokens: &JwtAccessTokens) -> AccessToken {
    let secret = Secret::new([7; 32]);
    tokens.issue(&secret, NOW, NOW + TimeDelta::hours(1)).unwrap()
}

/// The claims of [`issue`], with some of them replaced, signed by `key` under `header`.
fn forge(header: &Header, key: &EncodingKey, changes: &Value) -> AccessToken {
    let mut claims = json!({
        "iss": "gatehouse",
        "aud": "clients",
        "sid": URL_SAFE_NO_PAD.encode([7; 32]),
        "iat": NOW.timestamp(),
        "exp": NOW.timestamp() + 3600,
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    AccessToken::new(encode(header, &claims, key).unwrap())
}

fn hs256() -> (Header, EncodingKey) {
    (
        header(Algorithm::HS256, SECRET.as_bytes()),
        EncodingKey::from_secret(SECRET.as_bytes()),
    )
}

#[rstest]
#[case("HS256")]
#[case("HS384")]
#[case("HS512")]
#[case("RS256")]
#[case("RS384")]
#[case("RS512")]
fn a_token_brings_its_secret_back_and_names_its_algorithm_and_key(#[case] name: &str) {
    let tokens = tokens(algorithm(name));
    let token = issue(&tokens);
    let verified = tokens.verify(&token).unwrap();
    assert_eq!(verified.secret.expose(), &[7; 32]);
    assert_eq!(verified.expires_at, NOW + TimeDelta::hours(1));

    let header = decode_header(token.expose()).unwrap();
    assert_eq!(header.typ.as_deref(), Some("JWT"));
    assert_eq!(format!("{:?}", header.alg), name);
    assert!(header.kid.is_some());
}

/// Nodes of different versions must accept each other's tokens.
#[test]
fn the_header_of_a_token_never_changes() {
    let token = issue(&tokens(algorithm("HS256")));
    let header = URL_SAFE_NO_PAD
        .decode(token.expose().split('.').next().unwrap())
        .unwrap();
    let header = String::from_utf8(header).unwrap();
    assert_eq!(header, r#"{"typ":"JWT","alg":"HS256","kid":"RZv0hNdYHrk"}"#);
}

#[test]
fn another_header_with_the_same_meaning_is_refused() {
    let (header, key) = hs256();
    let token = forge(&header, &key, &json!({}));
    let claims = token.expose().split('.').nth(1).unwrap();
    let same = json!({"alg": "HS256", "kid": header.kid, "typ": "JWT"}).to_string();
    for (header, accepted) in [(serde_json::to_string(&header).unwrap(), true), (same, false)] {
        let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        let token = AccessToken::new(format!("{message}.{signature}"));
        assert_eq!(tokens(algorithm("HS256")).verify(&token).is_some(), accepted);
    }
}

#[test]
fn a_token_that_has_expired_still_brings_its_secret_back() {
    let (header, key) = hs256();
    let token = forge(&header, &key, &json!({"exp": 1}));
    let verified = tokens(algorithm("HS256")).verify(&token).unwrap();
    assert_eq!(verified.expires_at, DateTime::from_timestamp(1, 0).unwrap());
}

#[rstest]
#[case::nothing_changed(json!({}), true)]
#[case::another_issuer(json!({"iss": "somebody"}), false)]
#[case::another_audience(json!({"aud": "others"}), false)]
#[case::no_expiry(json!({"exp": null}), false)]
#[case::a_short_secret(json!({"sid": "AAAA"}), false)]
#[case::a_secret_not_in_base64(json!({"sid": "!"}), false)]
fn claims_that_are_not_ours_are_refused(#[case] changes: Value, #[case] accepted: bool) {
    let (header, key) = hs256();
    let token = forge(&header, &key, &changes);
    assert_eq!(tokens(algorithm("HS256")).verify(&token).is_some(), accepted);
}

#[test]
fn a_token_of_another_key_is_refused() {
    let key = EncodingKey::from_secret(b"another secret");
    let token = forge(&hs256().0, &key, &json!({}));
    assert!(tokens(algorithm("HS256")).verify(&token).is_none());
}

#[rstest]
#[case::of_the_first_key(header(Algorithm::HS256, SECRET.as_bytes()), true)]
#[case::of_a_former_key(header(Algorithm::HS256, b"another secret"), false)]
#[case::of_an_unknown_key(header(Algorithm::HS256, b"unknown"), false)]
#[case::of_no_key(Header::new(Algorithm::HS256), false)]
fn a_token_is_verified_with_the_key_that_it_names_and_no_other(#[case] header: Header, #[case] accepted: bool) {
    let tokens = tokens(JwtAlgorithm::HS256(secrets(&[SECRET, "another secret"])));
    let token = forge(&header, &hs256().1, &json!({}));
    assert_eq!(tokens.verify(&token).is_some(), accepted);
}

/// What one node has signed the other accepts, whichever step of the replacement each of them is at.
#[rstest]
#[case::append(&["old"], &["old", "new"])]
#[case::move_to_the_front(&["old", "new"], &["new", "old"])]
#[case::remove(&["new", "old"], &["new"])]
fn at_each_step_of_a_replacement_both_nodes_accept_the_tokens_of_both(#[case] before: &[&str], #[case] after: &[&str]) {
    let nodes = [before, after].map(|list| tokens(JwtAlgorithm::HS256(secrets(list))));
    for issuer in &nodes {
        for verifier in &nodes {
            assert!(verifier.verify(&issue(issuer)).is_some());
        }
    }
}

#[test]
fn a_former_public_key_verifies_what_its_private_key_has_signed() {
    let [old, new] = [rsa_keys(), rsa_keys()];
    let former_public_keys = vec![old.public_key.clone()];
    let token = issue(&tokens(JwtAlgorithm::RS256(old)));

    let keys = RsaKeys {
        private_key: new.private_key.clone(),
        public_key: new.public_key.clone(),
        former_public_keys,
    };
    assert!(tokens(JwtAlgorithm::RS256(new)).verify(&token).is_none());
    assert!(tokens(JwtAlgorithm::RS256(keys)).verify(&token).is_some());
}

#[test]
fn a_token_of_a_removed_key_is_refused() {
    let [old, new] = ["old", "new"].map(|secret| tokens(JwtAlgorithm::HS256(secrets(&[secret]))));
    assert!(new.verify(&issue(&old)).is_none());
}

#[rstest]
#[case("HS384")]
#[case("HS512")]
#[case("RS256")]
fn a_token_of_another_algorithm_is_refused(#[case] configured: &str) {
    let (header, key) = hs256();
    let token = forge(&header, &key, &json!({}));
    assert!(tokens(algorithm(configured)).verify(&token).is_none());
}

#[test]
fn a_public_key_does_not_pass_for_a_shared_secret() {
    let keys = rsa_keys();
    let key = keys.public_key.as_bytes();
    let (header, key) = (header(Algorithm::HS256, key), EncodingKey::from_secret(key));
    let token = forge(&header, &key, &json!({}));
    assert!(tokens(JwtAlgorithm::RS256(keys)).verify(&token).is_none());
}

#[test]
fn an_unsigned_token_is_refused() {
    let (header, key) = hs256();
    let signed = forge(&header, &key, &json!({}));
    let claims = signed.expose().split('.').nth(1).unwrap();
    for algorithm_name in ["none", "None", "NONE"] {
        let header = json!({"typ": "JWT", "alg": algorithm_name, "kid": header.kid});
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        for unsigned in [format!("{header}.{claims}."), format!("{header}.{claims}")] {
            let token = AccessToken::new(unsigned);
            assert!(tokens(algorithm("HS256")).verify(&token).is_none());
        }
    }
}

#[rstest]
#[case("")]
#[case("..")]
#[case("not a token")]
fn what_is_no_token_is_refused(#[case] text: &str) {
    assert!(tokens(algorithm("HS256")).verify(&AccessToken::new(text)).is_none());
}

#[test]
fn debug_shows_no_key() {
    let shown = format!("{:?} {:?}", tokens(algorithm("HS256")), algorithm("HS256"));
    assert!(!shown.contains("sixty-four"));
}

proptest! {
    #[test]
    fn what_is_no_token_opens_nothing(text in r"\PC{0,60}|([A-Za-z0-9_-]{0,40}\.){2}[A-Za-z0-9_-]{0,40}") {
        let tokens = tokens(algorithm("HS256"));
        prop_assert!(tokens.verify(&AccessToken::new(text)).is_none());
    }

    #[test]
    fn a_token_with_another_character_opens_nothing(place in any::<Index>(), other in "[ -~]") {
        let tokens = tokens(algorithm("HS256"));
        let mut text = issue(&tokens).expose().to_owned();
        let place = place.index(text.len());
        prop_assume!(text[place..=place] != other);
        text.replace_range(place..=place, &other);
        prop_assert!(tokens.verify(&AccessToken::new(text)).is_none());
    }

    #[test]
    fn claims_of_any_kind_are_judged_without_trouble(name in "iss|aud|sid|iat|exp|nbf|other", value in any_value()) {
        let (header, key) = hs256();
        let token = forge(&header, &key, &json!({ name.clone(): value.clone() }));
        let verified = tokens(algorithm("HS256")).verify(&token);
        // Only the claims that are compared with something decide.
        let matters = ["iss", "aud", "sid", "exp"].contains(&&*name);
        prop_assert!(verified.is_none() || !matters || value.is_number(), "{}: {} is taken", name, value);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        r"\PC{0,50}".prop_map(Value::from),
        collection::vec(any::<u8>().prop_map(Value::from), 0..4).prop_map(Value::from),
    ]
}
