//! Generated requests, thousands of them, are answered as the OpenAPI document says.

use std::process::Command;

use test_database::DatabaseKind;

use crate::support::{GUARDING, PASSWORD, Server};

const RUN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis/run");

#[tokio::test]
#[ignore = "needs Python and installs Schemathesis"]
async fn the_document_holds_for_generated_requests() {
    // The throttle would answer most of the flood of requests.
    let off = [("APP_SECURITY__THROTTLE__ENABLED", "false")];
    let server = Server::start_with(DatabaseKind::Sqlite, &[&GUARDING[..], &off].concat());
    server.super_admin("super.admin").await;
    let status = Command::new(RUN)
        .env("GATEHOUSE_URL", server.base_url())
        .env("GATEHOUSE_USER", "super.admin")
        .env("GATEHOUSE_PASSWORD", PASSWORD)
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}
