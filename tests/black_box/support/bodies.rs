//! Sending bodies to every operation that takes one with a username.

use test_database::DatabaseKind;

use super::{Answer, Client, OpenTo, Operation, Server, exchange, operations};

/// Stands wherever a value is sent that must not be repeated.
pub const SECRET: &str = "s3cr3t";

/// A server, and for every operation that takes such a body someone who may use it; for tests that send bad ones.
pub struct Bodies {
    pub server: Server,
    anonymous: Client,
    pub root: Client,
}

impl Bodies {
    /// Starts a server with these environment variables besides.
    pub async fn new(database: DatabaseKind, variables: &[(&str, &str)]) -> Self {
        let server = Server::start_with(database, variables);
        let root = server.super_admin("super").await;
        Self {
            anonymous: server.anonymous(),
            root,
            server,
        }
    }

    /// Every operation whose body names a user, with a client who may use it.
    pub fn operations(&self) -> Vec<(Operation, &Client)> {
        let names_user = |operation: &Operation| operation.body.is_some_and(|body| body.contains("username"));
        let operations = operations().into_iter().filter(names_user);
        operations
            .map(|operation| {
                let client = if operation.open_to == OpenTo::Authenticated {
                    &self.root
                } else {
                    &self.anonymous
                };
                (operation, client)
            })
            .collect()
    }

    /// Sends `body` to `operation`, and asserts what holds for every refusal.
    pub async fn refusal(&self, operation: &Operation, client: &Client, body: impl Into<reqwest::Body>) -> Answer {
        let answer = client.send_json(&operation.method, operation.path, body).await;
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert!(!answer.text.contains(SECRET), "{answer:?}");
        answer
    }
}

impl Drop for Bodies {
    /// Whatever was sent, the server is still there and has not complained about itself.
    fn drop(&mut self) {
        let next = exchange(&self.server, b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n");
        let log = self.server.log();
        if !std::thread::panicking() {
            assert_eq!(next.map(|answer| answer.status), Some(200));
            assert!(!log.contains(" ERROR ") && !log.contains(SECRET), "{log}");
        }
    }
}
