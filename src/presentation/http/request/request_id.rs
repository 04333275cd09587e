//! The id that ties an answer to the lines of the log.

use std::{fmt, sync::Arc};

use actix_web::{
    dev::ServiceRequest,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use uuid::Uuid;

use crate::presentation::http::request::TrustedProxies;

/// The header of the id, in requests and answers.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is accepted from a proxy, in characters.
pub const LONGEST: usize = 64;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of a request: 1 to 64 characters of `A-Z a-z 0-9 . _ -`, so it can stand in a line of the log as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id that a trusted proxy gave in `X-Request-Id`, if it is acceptable; else a new one.
    ///
    /// Anybody else could give many requests one id, or that of somebody else's request.
    pub fn of(request: &ServiceRequest, proxies: &TrustedProxies) -> Self {
        let is_trusted = request.peer_addr().is_some_and(|peer| proxies.trusts(peer.ip()));
        let given = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
        given
            .filter(|id| is_trusted && is_acceptable(id))
            .map_or_else(Self::new, |id| Self(id.into()))
    }

    /// What `work` comes to, which is done on behalf of the request.
    pub async fn scope<T>(&self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self.clone(), work).await
    }

    /// Repeats the id on the answer.
    pub fn put_on(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(HEADER, value);
        }
    }

    /// The text of the id, to be kept.
    pub fn into_inner(self) -> Arc<str> {
        self.0
    }

    /// A UUID v7: in a list of ids the requests stay in their order.
    #[expect(
        clippy::disallowed_methods,
        reason = "it is written to the log and the answer, and nothing depends on it"
    )]
    fn new() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of the request that the current task works on; `None` outside of requests and on other threads.
pub fn current() -> Option<RequestId> {
    CURRENT.try_with(Clone::clone).ok()
}

fn is_acceptable(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len())
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
