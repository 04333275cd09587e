//! A session cookie under a former key is as good as one under the key in use.

use std::borrow::Cow;

use actix_web::{
    cookie::{Cookie, CookieJar},
    http::header::{self, HeaderMap, HeaderValue},
};

use crate::presentation::http::cookies::CookieSettings;

/// Puts the session cookie of a request under the key in use, if it is under a former one.
///
/// The session middleware, which has to be right inside, knows one key: it opens what is under that one, and seals with it
/// what it sets. So nothing else knows of former keys, and a renewal of the session replaces the browser's cookie by one
/// under the key in use. Nothing else of the request is changed, and without former keys nothing is looked at.
pub fn reseal_cookie(settings: &CookieSettings, headers: &mut HeaderMap) {
    if settings.former_keys.is_empty() {
        return;
    }
    // Keeps all: there is no other way to change each of several values of a name.
    headers.retain(|name, value| {
        if name == header::COOKIE
            && let Some(resealed) = resealed_header(settings, value)
        {
            *value = resealed;
        }
        true
    });
}

fn resealed_header(settings: &CookieSettings, value: &HeaderValue) -> Option<HeaderValue> {
    let text = str::from_utf8(value.as_bytes()).ok()?;
    let pairs: Vec<_> = text
        .split(';')
        .map(|pair| resealed_pair(settings, pair).map_or(Cow::Borrowed(pair), Cow::Owned))
        .collect();
    HeaderValue::from_bytes(pairs.join(";").as_bytes()).ok()
}

/// The pair with another value, if it is a session cookie that only a former key opens. Pairs are read as the session
/// middleware reads them.
fn resealed_pair(settings: &CookieSettings, pair: &str) -> Option<String> {
    let sealed = Cookie::parse_encoded(pair.trim())
        .ok()
        .filter(|cookie| cookie.name() == settings.name)?
        .into_owned();
    let mut jar = CookieJar::new();
    if jar.private(&settings.key).decrypt(sealed.clone()).is_some() {
        return None;
    }
    let mut former_keys = settings.former_keys.iter();
    let content = former_keys.find_map(|key| jar.private(key).decrypt(sealed.clone()))?;
    jar.private_mut(&settings.key).add(content);
    let resealed = jar.get(&settings.name)?.encoded().stripped().to_string();
    Some(pair.replacen(pair.trim(), &resealed, 1))
}

#[cfg(test)]
mod tests;
