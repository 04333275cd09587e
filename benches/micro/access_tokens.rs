//! Tokens: to verify one is what every request begins with, to issue one what a log-in and a renewal end with.

use std::{hint::black_box, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use criterion::Criterion;
use gatehouse::{
    application::ports::{AccessToken, AccessTokens},
    domain::secret::Secret,
    infrastructure::security::{HmacSecrets, JwtAccessTokens, JwtAlgorithm, JwtOptions, JwtSigner, RsaKeys},
};

use crate::people::NOW;

pub fn bench(criterion: &mut Criterion) {
    let secrets = HmacSecrets {
        current: "a secret of at least 32 characters".into(),
        former: Vec::new(),
    };
    bench_algorithm(criterion, "HS256", JwtAlgorithm::HS256(secrets));
    bench_algorithm(criterion, "RS256", JwtAlgorithm::RS256(rsa_keys()));
}

fn bench_algorithm(criterion: &mut Criterion, name: &str, algorithm: JwtAlgorithm) {
    let options = JwtOptions {
        algorithm,
        issuer: "gatehouse".into(),
        audience: "clients".into(),
    };
    let tokens: Arc<dyn AccessTokens> = Arc::new(JwtAccessTokens::new(Arc::new(JwtSigner::new(options).unwrap())));
    let issue = |secret: &Secret| tokens.issue(secret, NOW, NOW + TimeDelta::hours(1)).unwrap();
    let secret = Secret::new([7; 32]);
    let good = issue(&secret);
    let forged = with_signature_of(&good, &issue(&Secret::new([8; 32])));
    assert!(tokens.verify(&good).is_some());
    assert!(tokens.verify(&forged).is_none());

    let mut group = criterion.benchmark_group(format!("access_tokens/{name}"));
    group.bench_function("verify_good", |bencher| {
        bencher.iter(|| tokens.verify(black_box(&good)))
    });
    group.bench_function("verify_forged", |bencher| {
        bencher.iter(|| tokens.verify(black_box(&forged)))
    });
    group.bench_function("issue", |bencher| bencher.iter(|| issue(black_box(&secret))));
    group.finish();
}

/// The forgery that costs most to refuse: nothing of it is wrong but that the signature is that of another token.
fn with_signature_of(token: &AccessToken, other: &AccessToken) -> AccessToken {
    let (signed, _) = token.expose().rsplit_once('.').unwrap();
    let (_, signature) = other.expose().rsplit_once('.').unwrap();
    AccessToken::new(format!("{signed}.{signature}"))
}

fn rsa_keys() -> RsaKeys {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    RsaKeys {
        private_key: pem("PRIVATE KEY", private.as_ref()).into(),
        public_key: pem("PUBLIC KEY", public.as_ref()),
        former_public_keys: Vec::new(),
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}
