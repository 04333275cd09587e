//! What the guide to the API has for a shell can be pasted as it stands.

use std::fmt::Write;

use test_database::DatabaseKind;

use crate::support::{PASSWORD, Server, shell_lines, type_in};

const GUIDE: &str = include_str!("../../docs/api.md");

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn the_pages_of_the_list_are_turned_to_the_last() {
    let server = Server::start(DatabaseKind::Sqlite);
    server
        .run_with_password(&["create-super-admin", "root.admin"], "battery staple")
        .succeeded();
    let mut expected = String::new();
    for number in 0..101 {
        let name = format!("user-{number}");
        server.anonymous().sign_up(&name, PASSWORD).await.expect(201);
        writeln!(expected, "{name}").unwrap();
    }
    let script = shell_lines(GUIDE, "### Lists").replace("http://127.0.0.1:8000", server.base_url());

    assert_eq!(type_in(&script, server.directory()), expected);
}
