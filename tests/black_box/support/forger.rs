//! Opens and forges session cookies, for servers whose secrets are known.

use actix_web::cookie::{Cookie, CookieJar, Key};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use test_database::DatabaseKind;

use super::Server;

/// The pepper of a server whose secrets are known to a test, in `local` or any other environment.
pub const SECRET: &str = "a secret of these tests alone, of 64 bytes and more: 0123456789abcdef";
/// What signs its tokens.
pub const TOKEN_SECRET: &str = "another secret of these tests alone, of 64 bytes and more: 0123456789";
/// What encrypts its cookies.
pub const COOKIE_SECRET: &str = "a third secret of these tests alone, of 64 bytes and more: 0123456789";

const COOKIE: &str = "access_token";

/// The environment variables with its secrets.
pub const SECRETS: [(&str, &str); 3] = [
    ("APP_SECURITY__PASSWORD__PEPPER", SECRET),
    ("APP_SECURITY__AUTH__JWT_SECRET", TOKEN_SECRET),
    ("APP_SECURITY__COOKIES__KEY", COOKIE_SECRET),
];

/// Starts a server whose secrets are [`SECRETS`], with these environment variables besides.
pub fn start_with_known_secrets(database: DatabaseKind, variables: &[(&str, &str)]) -> Server {
    Server::start_with(database, &[&SECRETS, variables].concat())
}

/// What the session cookie of such a server holds.
pub fn open(cookie: &str) -> Value {
    let mut jar = CookieJar::new();
    jar.add_original(Cookie::parse_encoded(cookie.to_owned()).unwrap());
    let content = jar.private(&key()).get(COOKIE).unwrap();
    serde_json::from_str(content.value()).unwrap()
}

/// The header and the claims of the token in the session cookie of such a server.
pub fn token_in(cookie: &str) -> (Value, Value) {
    let content = open(cookie);
    let token: String = serde_json::from_str(content["token"].as_str().unwrap()).unwrap();
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
        // The last part is the signature.
        serde_json::from_slice(&bytes).unwrap_or_default()
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

/// A session cookie that such a server takes for its own, with this content.
pub fn seal(content: &Value) -> String {
    let mut jar = CookieJar::new();
    jar.private_mut(&key()).add(Cookie::new(COOKIE, content.to_string()));
    jar.get(COOKIE).unwrap().encoded().stripped().to_string()
}

fn key() -> Key {
    Key::derive_from(COOKIE_SECRET.as_bytes())
}
