//! The id that connects an answer with its log lines.

use std::{fmt, sync::Arc};

use actix_web::{
    dev::ServiceRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use uuid::Uuid;

use crate::presentation::http::request::TrustedProxies;

/// The header of the id, in requests and answers.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum length of an id, in characters.
pub const MAX_LENGTH: usize = 64;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of a request: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, safe to log as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Returns the id that a trusted proxy sent in `X-Request-Id` if it is acceptable, otherwise a new one.
    ///
    /// Any other client could reuse an id for many requests, or send the id of another client's request.
    pub fn of(request: &ServiceRequest, proxies: &TrustedProxies) -> Self {
        let given = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
        let is_trusted = || request.peer_addr().is_some_and(|peer| proxies.trusts(peer.ip()));
        given
            .filter(|id| is_acceptable(id) && is_trusted())
            .map_or_else(Self::new, |id| Self(id.into()))
    }

    /// Runs `work` with this id as the [`current`] one.
    pub async fn scope<T>(&self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    /// Adds the id to the headers of the answer.
    pub fn put_on(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(HEADER, value);
        }
    }

    /// Returns the text of the id.
    pub fn into_inner(self) -> Arc<str> {
        self.0
    }

    /// Creates a UUID v7, so that sorted ids keep the order of the requests.
    #[expect(clippy::disallowed_methods, reason = "it only appears in the log and the answer")]
    fn new() -> Self {
        let mut text = Uuid::encode_buffer();
        Self((*Uuid::now_v7().hyphenated().encode_lower(&mut text)).into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the id of the request that the current task handles, or `None` outside of requests.
pub fn current() -> Option<RequestId> {
    CURRENT.try_with(Clone::clone).ok()
}

fn is_acceptable(id: &str) -> bool {
    (1..=MAX_LENGTH).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_and_short_id_is_acceptable() {
        for fit in ["a", "0192-aF._", &"x".repeat(64)] {
            assert!(is_acceptable(fit), "{fit}");
        }
        for unfit in ["", "a b", "a\nb", "é", "a/b", &"x".repeat(65)] {
            assert!(!is_acceptable(unfit), "{unfit:?}");
        }
    }

    #[test]
    fn there_is_none_outside_of_a_request() {
        assert_eq!(current(), None);
    }
}
