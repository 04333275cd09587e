//! Of the cookies that a request carries, only our own go on, and each session cookie gets its chance.

use actix_web::{
    HttpMessage,
    dev::ServiceRequest,
    http::header::{self, HeaderMap, HeaderValue},
};

use crate::{
    application::ports::AccessToken,
    presentation::http::cookies::{CookieSettings, OtherTokens, cookie_values},
};

/// The most session cookies of a request that go on: each may cost a query.
const MOST_SESSIONS: usize = 4;

/// Reduces the `Cookie` headers of a request to one that holds only the session cookie and the device cookie.
///
/// A cookie of another application may hold any bytes, and the session middleware overlooks all cookies if one of them
/// is not UTF-8. It also reads only the first session cookie, and knows only one key. A browser sends several if they
/// were set for different domains, or by an older deployment. So the first session cookie that opens goes on, sealed
/// with the key in use; the tokens in the others go along as [`OtherTokens`]. If none opens, an empty session cookie
/// goes on, so that the answer clears it.
///
/// With one session cookie and without former keys, nothing is opened here.
pub fn keep_own_cookies(settings: &CookieSettings, request: &mut ServiceRequest) {
    if !request.headers().contains_key(header::COOKIE) {
        return;
    }
    let (session, other_tokens) = session_cookie(settings, request.headers());
    let name = &settings.device_name;
    let devices = texts(request.headers(), name).map(|value| format!("{name}={value}"));
    let kept = Vec::from_iter(session.into_iter().chain(devices)).join("; ");
    if !other_tokens.is_empty() {
        request.extensions_mut().insert(OtherTokens(other_tokens));
    }
    let headers = request.headers_mut();
    headers.remove(header::COOKIE);
    if let Ok(value) = HeaderValue::try_from(kept)
        && !value.is_empty()
    {
        headers.insert(header::COOKIE, value);
    }
}

/// Returns the session cookie for the session middleware, if the request carries any, and the tokens in the others.
fn session_cookie(settings: &CookieSettings, headers: &HeaderMap) -> (Option<String>, Vec<AccessToken>) {
    let name = &settings.name;
    if cookie_values(headers, name).next().is_none() {
        return (None, Vec::new());
    }
    let values = Vec::from_iter(texts(headers, name));
    if let [value] = values[..]
        && settings.former_keys.is_empty()
    {
        return (Some(format!("{name}={value}")), Vec::new());
    }
    let mut opened = values
        .into_iter()
        .filter_map(|value| settings.open(value))
        .take(MOST_SESSIONS);
    let first = opened.next().and_then(|content| settings.seal(content));
    let others = opened.filter_map(|content| CookieSettings::token_in(&content));
    (Some(first.unwrap_or_else(|| format!("{name}="))), others.collect())
}

/// The values of the cookies of that name that are text.
fn texts<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    cookie_values(headers, name).filter_map(|value| str::from_utf8(value).ok())
}

#[cfg(test)]
mod tests;
