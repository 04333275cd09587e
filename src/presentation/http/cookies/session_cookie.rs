use std::{
    borrow::Cow,
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
    web,
};
use paperclip::{actix::OperationModifier, v2::schema::Apiv2Schema};
use serde::Deserialize;

use super::cookie_header::ReceivedCookies;
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
    /// Builds the session middleware, which encrypts the cookie with the current [key](Self::key) and sets it.
    ///
    /// It does so only for a new token. It reads no cookie, because [`ReceivedCookies`] hides them from it.
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
        ReceivedCookies::of(request).values(&self.name).next()?;
        let mut cookie = self.cookie(&self.name, "");
        cookie.make_removal();
        Some(cookie)
    }

    /// Returns the access token in the value of a session cookie, as the [session middleware](Self::middleware) sets it:
    /// JSON in JSON, encrypted with the current key or a former one, and percent-encoded.
    fn access_token(&self, value: &[u8]) -> Option<AccessToken> {
        /// Content of another shape is from an older version, and has no token.
        #[derive(Deserialize)]
        struct Content<'a> {
            #[serde(borrow)]
            token: Cow<'a, str>,
        }
        let value = String::from_utf8(percent_decode(str::from_utf8(value).ok()?)?).ok()?;
        let content = self.decrypt(Cookie::new(self.name.clone(), value))?;
        let content: Content<'_> = serde_json::from_str(content.value()).ok()?;
        let token: String = serde_json::from_str(&content.token).ok()?;
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

/// Decodes a value, most of which stands for itself. `percent_encoding` would copy it byte by byte.
fn percent_decode(value: &str) -> Option<Vec<u8>> {
    let mut parts = value.split('%');
    let mut decoded = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        decoded.push(u8::from_str_radix(digits, 16).ok()?);
        decoded.extend_from_slice(rest.as_bytes());
    }
    Some(decoded)
}

fn lifetime(ttl: Duration) -> cookie::time::Duration {
    ttl.try_into().unwrap_or(cookie::time::Duration::MAX)
}

/// The maximum number of session cookies that are tried per request: each may cost a query.
const MAX_SESSIONS: usize = 4;

/// The session cookie of the current request; changes are sent with the answer.
///
/// A browser sends several if they were set for different domains, or by an older deployment.
pub struct SessionCookie {
    session: Session,
    request: HttpRequest,
}

/// Marks a request whose answer [removes](CookieSettings::removal) the session cookie.
pub struct ClearedSession;

impl SessionCookie {
    /// Returns the session cookie of `request`.
    pub fn of(request: &HttpRequest) -> Self {
        Self {
            session: request.get_session(),
            request: request.clone(),
        }
    }

    /// Returns the tokens of the first session cookies that can be decrypted; their sessions may have ended.
    pub fn tokens(&self) -> Vec<AccessToken> {
        let Some(settings) = self.request.app_data::<web::Data<CookieSettings>>() else {
            return Vec::new();
        };
        let cookies = ReceivedCookies::of(&self.request);
        let tokens = cookies
            .values(&settings.name)
            .filter_map(|value| settings.access_token(value));
        tokens.take(MAX_SESSIONS).collect()
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
        self.request.extensions_mut().insert(ClearedSession);
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
mod tests;
