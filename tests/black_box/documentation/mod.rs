//! The OpenAPI document, and the page that shows it.

mod contents;
mod page;
mod truth;

use serde_json::Value;
use test_database::DatabaseKind;

use crate::support::Server;

const DOCUMENT: &str = "/api/openapi.json";

async fn document() -> Value {
    let server = Server::start(DatabaseKind::Sqlite);
    server.anonymous().get(DOCUMENT).await.expect(200)
}
