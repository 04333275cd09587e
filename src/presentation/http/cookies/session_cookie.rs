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
use crate::application::{
    commands::account::Pass,
    ports::{AccessToken, DeviceToken},
};

/// The key of the token inside the cookie.
const TOKEN: &str = "token";

/// Settings of all cookies.
#[derive(Clone)]
pub struct CookieSettings {
    /// The name of the cookie.
    pub name: String,
    /// The domain whose hosts share the cookie; if there is none, only the host that sets it gets it.
    pub domain: Option<String>,
    /// Whether browsers send it only over HTTPS.
    pub secure: bool,
    /// Whether browsers send it with cross-site requests.
    pub same_site: SameSite,
    /// Encrypts the content. [`Key::derive_from`] derives it from at least 32 secret bytes.
    pub key: Key,
    /// Earlier keys, which can still decrypt.
    pub former_keys: Vec<Key>,
    /// The lifetime of the session cookie.
    pub ttl: Duration,
    /// The name of the device cookie, which differs from the session cookie only in name, content and lifetime.
    pub device_name: String,
    /// The lifetime of the device cookie.
    pub device_ttl: Duration,
    /// The name of the notice cookie, by which a page tells the next one what to say.
    pub notice_name: String,
    /// The pass, if services are guarded.
    pub pass: Option<PassCookieSettings>,
}

/// Settings of the pass cookie, which the hosts of a domain share.
#[derive(Clone, Debug)]
pub struct PassCookieSettings {
    /// The name of the cookie.
    pub name: String,
    /// The domain whose hosts share the cookie.
    pub domain: String,
}

impl CookieSettings {
    /// Builds the session middleware, which decrypts and encrypts with the current [key](Self::key).
    ///
    /// By default, it sends a cookie only if the content changed, so only a new token extends the lifetime.
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

    /// Returns a cookie that removes the session cookie of `request`, if it has one.
    ///
    /// `Session::purge` does not remove a cookie that cannot be decrypted.
    pub fn removal(&self, request: &HttpRequest) -> Option<Cookie<'static>> {
        cookie_values(request.headers(), &self.name).next()?;
        let mut cookie = self.cookie(&self.name, "");
        cookie.make_removal();
        Some(cookie)
    }

    /// Decrypts the value of a session cookie with the current key or a former one.
    pub fn open(&self, value: &str) -> Option<Cookie<'static>> {
        self.decrypt(Cookie::parse_encoded(format!("{}={value}", self.name)).ok()?)
    }

    /// Encrypts the content of a session cookie with the current key, and encodes it as a browser sends it.
    pub fn seal(&self, content: Cookie<'static>) -> Option<String> {
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(content);
        Some(jar.get(&self.name)?.encoded().stripped().to_string())
    }

    /// Extracts the token from a session cookie's content, which the middleware writes as JSON in JSON.
    pub fn token_in(content: &Cookie<'_>) -> Option<AccessToken> {
        let mut state: HashMap<String, String> = serde_json::from_str(content.value()).ok()?;
        let token: String = serde_json::from_str(&state.remove(TOKEN)?).ok()?;
        Some(AccessToken::new(token))
    }

    /// Builds the device cookie, encrypted like the session cookie.
    pub fn device_cookie(&self, token: &DeviceToken) -> Option<Cookie<'static>> {
        let mut cookie = self.cookie(&self.device_name, token.expose());
        cookie.set_max_age(lifetime(self.device_ttl));
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(cookie);
        jar.get(&self.device_name).cloned()
    }

    /// Decrypts the value of a [device cookie](Self::device_cookie) with the current key or a former one.
    pub fn device_token(&self, value: &[u8]) -> Option<DeviceToken> {
        let sealed = Cookie::new(&self.device_name, str::from_utf8(value).ok()?).into_owned();
        Some(DeviceToken::new(self.decrypt(sealed)?.value()))
    }

    /// Builds the notice cookie, which is neither signed nor encrypted.
    pub fn notice_cookie(&self, notice: &str, ttl: Duration) -> Cookie<'static> {
        let mut cookie = self.cookie(&self.notice_name, notice);
        cookie.set_max_age(lifetime(ttl));
        cookie
    }

    /// Returns the cookie that removes the notice cookie.
    pub fn notice_removal(&self) -> Cookie<'static> {
        let mut cookie = self.cookie(&self.notice_name, "");
        cookie.make_removal();
        cookie
    }

    /// Builds the pass cookie, if services are guarded.
    ///
    /// It is signed but not encrypted. `SameSite` is `Lax`, so that a visitor who follows a link from another site is
    /// recognized.
    pub fn pass_cookie(&self, pass: &Pass) -> Option<Cookie<'static>> {
        let settings = self.pass.as_ref()?;
        let mut cookie = self.shared_cookie(settings, pass.token.expose());
        cookie.set_max_age(lifetime(pass.lifetime.to_std().unwrap_or_default()));
        Some(cookie)
    }

    /// Builds a cookie that removes the pass, if services are guarded.
    pub fn pass_removal(&self) -> Option<Cookie<'static>> {
        let mut cookie = self.shared_cookie(self.pass.as_ref()?, "");
        cookie.make_removal();
        Some(cookie)
    }

    fn shared_cookie(&self, settings: &PassCookieSettings, value: &str) -> Cookie<'static> {
        Cookie::build(settings.name.clone(), value.to_owned())
            .domain(settings.domain.clone())
            .path("/")
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .http_only(true)
            .finish()
    }

    fn decrypt(&self, sealed: Cookie<'static>) -> Option<Cookie<'static>> {
        let jar = CookieJar::new();
        let mut keys = iter::once(&self.key).chain(&self.former_keys);
        keys.find_map(|key| jar.private(key).decrypt(sealed.clone()))
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

/// The session cookie of the current request; changes are sent with the answer.
pub struct SessionCookie {
    session: Session,
    other_tokens: Vec<AccessToken>,
}

/// The tokens of the session cookies after the first one that can be decrypted.
#[derive(Clone)]
pub struct OtherTokens(pub Vec<AccessToken>);

impl SessionCookie {
    /// Returns the session cookie of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        let other_tokens = request.extensions().get::<OtherTokens>().cloned();
        Self {
            session: request.get_session(),
            other_tokens: other_tokens.map_or_else(Vec::new, |tokens| tokens.0),
        }
    }

    /// Returns the tokens of all session cookies that can be decrypted; their sessions may have ended.
    pub fn tokens(&self) -> impl Iterator<Item = AccessToken> {
        // Content of another shape is from an older version, and has no token.
        let first = self.session.get::<String>(TOKEN).ok().flatten().map(AccessToken::new);
        first.into_iter().chain(self.other_tokens.iter().cloned())
    }

    /// Sends `token` to the client, with a new lifetime.
    pub fn set(&self, token: &AccessToken) {
        if let Err(error) = self.session.insert(TOKEN, token.expose()) {
            // Unreachable: a string can always be serialized.
            log::error!("the session cookie cannot be set: {error}");
        }
    }

    /// Removes the cookie from the client. In the same request, [`set`](Self::set) has no effect afterwards.
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
    /// Returns settings as in production.
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
            notice_name: "__Host-access_token_notice".to_owned(),
            pass: None,
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
