use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::Notify;

/// Signals that a body should be read, so that the server answers `Expect: 100-continue`.
///
/// The server puts it into the extensions of such a request.
#[derive(Clone, Default)]
pub struct BodyWanted(Rc<Notify>);

impl BodyWanted {
    /// Asks for the body of `request`, if its client waits for `100 Continue`.
    pub async fn ask(request: &HttpRequest) {
        let wanted = request.extensions().get::<Self>().cloned();
        if let Some(wanted) = wanted {
            wanted.0.notify_one();
            // Lets the server send `100 Continue` before the body is read, even if the body has already arrived.
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the body is asked for.
    pub async fn asked(&self) {
        self.0.notified().await;
    }
}
