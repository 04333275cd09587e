use std::{
    collections::HashMap,
    convert::Infallible,
    future::{Ready, ready},
    iter,
    time::Duration,
};

use actix_session::{Session, SessionExt, SessionMiddleware, config::PersistentSession, storage::CookieSessionStore};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    cookie::{self, Cookie, CookieJar, Key, SameSite},
    dev::Payload,
};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};

use super::cookie_header::cookie_values;
use crate::application::ports::{AccessToken, DeviceToken};

/// The key of the token inside the cookie.
const TOKEN: &str = "token";

/// How the session cookie looks.
#[derive(Clone)]
pub struct CookieSettings {
    /// The name of the cookie.
    pub name: String,
    /// The domain with whose hosts browsers share it; none for the host that sets it alone.
    pub domain: Option<String>,
    /// Whether browsers send it over HTTPS only.
    pub secure: bool,
    /// Whether browsers send it along with requests that other sites cause.
    pub same_site: SameSite,
    /// Encrypts the content. [`Key::derive_from`] makes it out of at least 32 secret bytes.
    pub key: Key,
    /// Decrypt what was encrypted with them, when they were in use.
    pub former_keys: Vec<Key>,
    /// How long the browser keeps it after it was set.
    pub ttl: Duration,
    /// The name of the other cookie, by which a device is known. It is like this one in all but name, content and lifetime.
    pub device_name: String,
    /// How long the browser keeps that one.
    pub device_ttl: Duration,
}

impl CookieSettings {
    /// The middleware that decrypts the cookie of a request, if it is under the [key](Self::key) in use, and sets the one of
    /// its answer.
    ///
    /// By the default policy a cookie is sent only when its content changed: nothing but a fresh token renews its lifetime.
    pub fn middleware(&self) -> SessionMiddleware<CookieSessionStore> {
        SessionMiddleware::builder(CookieSessionStore::default(), self.key.clone())
            .cookie_name(self.name.clone())
            .cookie_domain(self.domain.clone())
            .cookie_secure(self.secure)
            .cookie_same_site(self.same_site)
            .cookie_http_only(true)
            .cookie_path("/".to_owned())
            .session_lifecycle(PersistentSession::default().session_ttl(lifetime(self.ttl)))
            .build()
    }

    /// The cookie that makes the browser forget the one that `request` carries, if it carries one.
    ///
    /// `Session::purge` sends nothing for a cookie that cannot be decrypted.
    pub fn removal(&self, request: &HttpRequest) -> Option<Cookie<'static>> {
        cookie_values(request.headers(), &self.name).next()?;
        let mut cookie = self.cookie(&self.name, "");
        cookie.make_removal();
        Some(cookie)
    }

    /// Opens the value of a session cookie, if one of the keys does.
    pub fn open(&self, value: &str) -> Option<Cookie<'static>> {
        let sealed = Cookie::parse_encoded(format!("{}={value}", self.name)).ok()?;
        let jar = CookieJar::new();
        iter::once(&self.key)
            .chain(&self.former_keys)
            .find_map(|key| jar.private(key).decrypt(sealed.clone()))
    }

    /// Seals the content of a session cookie with the key in use, as a browser sends it.
    pub fn seal(&self, content: Cookie<'static>) -> Option<String> {
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(content);
        Some(jar.get(&self.name)?.encoded().stripped().to_string())
    }

    /// Reads the token in the content of a session cookie, as the session middleware writes it: JSON in JSON.
    pub fn token_in(content: &Cookie<'_>) -> Option<AccessToken> {
        let mut state: HashMap<String, String> = serde_json::from_str(content.value()).ok()?;
        let token: String = serde_json::from_str(&state.remove(TOKEN)?).ok()?;
        Some(AccessToken::new(token))
    }

    /// The cookie by which a device is known. It is encrypted as the session cookie is, so that it tells nothing.
    pub fn device_cookie(&self, token: &DeviceToken) -> Option<Cookie<'static>> {
        let mut cookie = self.cookie(&self.device_name, token.expose());
        cookie.set_max_age(lifetime(self.device_ttl));
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(cookie);
        jar.get(&self.device_name).cloned()
    }

    /// Decrypts the value of a [device cookie](Self::device_cookie), with the key in use or a former one.
    pub fn device_token(&self, value: &[u8]) -> Option<DeviceToken> {
        let sealed = Cookie::new(&self.device_name, str::from_utf8(value).ok()?).into_owned();
        let jar = CookieJar::new();
        let mut keys = iter::once(&self.key).chain(&self.former_keys);
        let cookie = keys.find_map(|key| jar.private(key).decrypt(sealed.clone()))?;
        Some(DeviceToken::new(cookie.value()))
    }

    fn cookie(&self, name: &str, value: &str) -> Cookie<'static> {
        let mut cookie = Cookie::build(name.to_owned(), value.to_owned())
            .path("/")
            .secure(self.secure)
            .same_site(self.same_site)
            .http_only(true)
            .finish();
        if let Some(domain) = &self.domain {
            cookie.set_domain(domain.clone());
        }
        cookie
    }
}

fn lifetime(ttl: Duration) -> cookie::time::Duration {
    ttl.try_into().unwrap_or(cookie::time::Duration::MAX)
}

/// The session cookie of the request at hand; what is changed in it is sent with the answer.
pub struct SessionCookie {
    session: Session,
    other_tokens: Vec<AccessToken>,
}

/// The tokens in the session cookies that a request carries beside the first one that opens.
#[derive(Clone)]
pub struct OtherTokens(pub Vec<AccessToken>);

impl SessionCookie {
    /// The session cookie of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        let other_tokens = request.extensions().get::<OtherTokens>().cloned();
        Self {
            session: request.get_session(),
            other_tokens: other_tokens.map_or_else(Vec::new, |tokens| tokens.0),
        }
    }

    /// The tokens in the session cookies of the request that can be decrypted. Browsers send several if they were set for
    /// different domains; the session of any may have ended.
    pub fn tokens(&self) -> impl Iterator<Item = AccessToken> {
        // A cookie of another shape was sealed by an older version: it is no log-in.
        let first = self.session.get::<String>(TOKEN).ok().flatten().map(AccessToken::new);
        first.into_iter().chain(self.other_tokens.iter().cloned())
    }

    /// Hands `token` to the client, with a fresh lifetime.
    pub fn set(&self, token: &AccessToken) {
        if let Err(error) = self.session.insert(TOKEN, token.expose()) {
            // Only a value that cannot be serialized is refused, and a string can.
            log::error!("the session cookie cannot be set: {error}");
        }
    }

    /// Makes the client forget its cookie. Nothing can be set afterwards in the same request.
    pub fn clear(&self) {
        self.session.purge();
    }
}

impl FromRequest for SessionCookie {
    type Error = Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Apiv2Schema for SessionCookie {}
impl OperationModifier for SessionCookie {}

#[cfg(test)]
impl CookieSettings {
    /// Settings as in production.
    pub fn for_tests() -> Self {
        Self {
            name: "__Host-access_token".to_owned(),
            domain: None,
            secure: true,
            same_site: SameSite::Strict,
            key: Key::derive_from(&[1; 32]),
            former_keys: Vec::new(),
            ttl: Duration::from_hours(1),
            device_name: "__Host-access_token_device".to_owned(),
            device_ttl: Duration::from_hours(24),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(key: u8, former_key: Option<u8>) -> CookieSettings {
        let derive = |byte: u8| Key::derive_from(&[byte; 32]);
        CookieSettings {
            key: derive(key),
            former_keys: former_key.into_iter().map(derive).collect(),
            ..CookieSettings::for_tests()
        }
    }

    #[test]
    fn a_device_cookie_shows_nothing_and_is_read_with_the_key_in_use_or_a_former_one() {
        let token = DeviceToken::new("header.claims.signature");
        let cookie = settings(1, None).device_cookie(&token).unwrap();
        assert!(!cookie.value().contains("claims"));

        let value = cookie.value().as_bytes();
        for settings in [settings(1, None), settings(2, Some(1))] {
            assert_eq!(settings.device_token(value), Some(token.clone()));
        }
        assert_eq!(settings(2, None).device_token(value), None);
        assert_eq!(settings(1, None).device_token(b"header.claims.signature"), None);
        assert_eq!(settings(1, None).device_token(b"\xff"), None);
    }
}
