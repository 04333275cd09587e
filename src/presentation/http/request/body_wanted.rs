use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::Notify;

/// Whether the body of a request with `Expect: 100-continue` is to be read. The server puts it into the request.
#[derive(Clone, Default)]
pub struct BodyWanted(Rc<Notify>);

impl BodyWanted {
    /// Asks the client for the body of `request`, if it waits to be asked.
    pub async fn ask(request: &HttpRequest) {
        let wanted = request.extensions().get::<Self>().cloned();
        if let Some(wanted) = wanted {
            wanted.0.notify_one();
            // The server asks before the body is read, even if the body is there already.
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the client is to be asked.
    pub async fn asked(&self) {
        self.0.notified().await;
    }
}
