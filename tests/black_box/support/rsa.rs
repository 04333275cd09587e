//! Pairs of RSA keys, in the files that `security.auth` names.

use std::{fs, path::Path};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Writes a new pair into this directory; the paths of its files, the private one first.
pub fn write_rsa_keys(directory: &Path, name: &str) -> [String; 2] {
    let keys = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = keys.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = keys.public_key().as_der().unwrap();
    [("PRIVATE KEY", private.as_ref()), ("PUBLIC KEY", public.as_ref())].map(|(label, der)| {
        let path = directory.join(format!("{name} {label}.pem"));
        fs::write(&path, pem(label, der)).unwrap();
        path.to_str().unwrap().to_owned()
    })
}

fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}
