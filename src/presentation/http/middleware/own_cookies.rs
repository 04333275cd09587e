//! Filters the cookies of a request, and selects the session cookie to use.

use actix_web::{
    HttpMessage,
    dev::ServiceRequest,
    http::header::{self, HeaderMap, HeaderValue},
};

use crate::{
    application::ports::AccessToken,
    presentation::http::cookies::{CookieSettings, OtherTokens, cookie_values},
};

/// The maximum number of session cookies that are tried per request: each may cost a query.
const MAX_SESSIONS: usize = 4;

/// Reduces the `Cookie` headers of a request to one with only our cookies.
///
/// The session middleware ignores all cookies if one of them, perhaps of another application, is not UTF-8. It reads
/// only the first session cookie, and supports only one key. But a browser sends several session cookies if they were
/// set for different domains, or by an older deployment. So this passes on the first session cookie that can be
/// decrypted, encrypted with the current key, and the tokens of the others as [`OtherTokens`]. If none can be
/// decrypted, it passes on an empty session cookie, so that the answer clears it.
///
/// A single session cookie is passed on unchanged if there are no former keys.
pub fn keep_own_cookies(settings: &CookieSettings, request: &mut ServiceRequest) {
    if !request.headers().contains_key(header::COOKIE) {
        return;
    }
    let (session, other_tokens) = session_cookie(settings, request.headers());
    let others = [&settings.device_name, &settings.notice_name].into_iter();
    let others = others.flat_map(|name| texts(request.headers(), name).map(move |value| format!("{name}={value}")));
    let passes = settings.pass.iter().flat_map(|pass| {
        let values = texts(request.headers(), &pass.name);
        values.map(|value| format!("{}={value}", pass.name))
    });
    let kept = Vec::from_iter(session.into_iter().chain(others).chain(passes)).join("; ");
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

/// Returns the session cookie to pass on, if the request has any, and the tokens of the others.
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
        .take(MAX_SESSIONS);
    let first = opened.next().and_then(|content| settings.seal(content));
    let others = opened.filter_map(|content| CookieSettings::token_in(&content));
    (Some(first.unwrap_or_else(|| format!("{name}="))), others.collect())
}

/// Returns the values of the cookies called `name` that are UTF-8.
fn texts<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    cookie_values(headers, name).filter_map(|value| str::from_utf8(value).ok())
}

#[cfg(test)]
mod tests;
