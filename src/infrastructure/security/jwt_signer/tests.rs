use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::*;

fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A fresh pair of keys.
pub(in crate::infrastructure::security) fn rsa_keys() -> RsaKeys {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    RsaKeys {
        private_key: pem("PRIVATE KEY", private.as_ref()).into(),
        public_key: pem("PUBLIC KEY", public.as_ref()),
        former_public_keys: Vec::new(),
    }
}

#[test]
fn a_former_public_key_that_is_none_is_refused_at_the_start() {
    let refusal = JwtSigner::new(JwtOptions {
        algorithm: JwtAlgorithm::RS256(RsaKeys {
            former_public_keys: vec!["nothing".to_owned()],
            ..rsa_keys()
        }),
        issuer: "gatehouse".into(),
        audience: "clients".into(),
    });
    assert!(matches!(refusal, Err(JwtKeyError::Unusable(_))));
}

#[test]
fn keys_that_do_not_belong_together_are_refused_at_the_start() {
    let keys = RsaKeys {
        public_key: rsa_keys().public_key,
        ..rsa_keys()
    };
    let refusal = JwtSigner::new(JwtOptions {
        algorithm: JwtAlgorithm::RS256(keys),
        issuer: "gatehouse".into(),
        audience: "clients".into(),
    });
    assert!(matches!(refusal, Err(JwtKeyError::Mismatch)));
}

#[rstest]
#[case::no_keys("nothing", "nothing")]
#[case::of_1024_bits(WEAK_PRIVATE_KEY, WEAK_PUBLIC_KEY)]
fn keys_that_cannot_be_used_are_refused_at_the_start(#[case] private_key: &str, #[case] public_key: &str) {
    let refusal = JwtSigner::new(JwtOptions {
        algorithm: JwtAlgorithm::RS256(RsaKeys {
            private_key: private_key.into(),
            public_key: public_key.into(),
            former_public_keys: Vec::new(),
        }),
        issuer: "gatehouse".into(),
        audience: "clients".into(),
    });
    assert!(matches!(refusal, Err(JwtKeyError::Unusable(_))));
}

/// Made for this test, and of no use to anybody.
const WEAK_PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBALL0rNAWquMxb5MF
lwtAeJ3xKN3g+UubcfH54D+Y1kcqqKwK2HwZU5Pijg9Q7vXBhj7bHHcXL4oXZQZx
ZHCiwfsz5ekUtWhoLXqswtPZzftL8acHSiTJ0LHVJZBF3bLCs3q2h8ZaqeJ+QqpW
YxmhV4FJASCvAbNMW3vAxgxvl+5rAgMBAAECgYB09y0YmSg6dK5bZvTxWsM7YEt4
sjne7AvOv6aNisTLIRu7zx7uBdO1vgdiBWEaadHntWjmgdYFqQLT8jtWz1p/T7ko
/+6eeYzFlJaU6eR1iej9B5mJsCjWcD7bR5D3+HpplP2T5Ww1NPnfyGA4sxSTNnb5
PodUbbkwrYmpltD6iQJBAOuLVy9z9iLU8D40XZRH3vEp4HtnvFovuIMGBHRbn7BH
iJ0vKQNjeZ+xdUhh3UlsE59dqsAjqhn87UPeHkMq/78CQQDCfz+1DVdsfW0rTYf6
FM6kGJCwewm90K+jEnRk7teXicYObSBZnHdikWTaRdzNdM5+DSZCJru99PmIgRHF
r/xVAkAsfa5jNTkpzSTv6v4+EvFGhk1zod2O/3KPtSREQkZAitKANjc9/50qj9+C
Y5Hj23k9YfjtwA7SR9cdOahnsYiLAkEAwLIVyij3rpLtr/NWftxShp2X7GFaG2dA
PA4ypzVC/+4N/Yj8fgvY9B0ckGybACtz0crxVqTNaLvm5ekKVJOxKQJBAKLO0dUu
0hYvNuh7AOZD3/Nuy9VTO2cC5q4GNCCcnfHV5AnmxxMQ2KrNQoDYEy1zMRNIHqC7
7Thb7coou75M51M=
-----END PRIVATE KEY-----";
const WEAK_PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCy9KzQFqrjMW+TBZcLQHid8Sjd
4PlLm3Hx+eA/mNZHKqisCth8GVOT4o4PUO71wYY+2xx3Fy+KF2UGcWRwosH7M+Xp
FLVoaC16rMLT2c37S/GnB0okydCx1SWQRd2ywrN6tofGWqnifkKqVmMZoVeBSQEg
rwGzTFt7wMYMb5fuawIDAQAB
-----END PUBLIC KEY-----";
