//! What the guide to the API has for a shell can be pasted as it stands.

use std::{fmt::Write, time::Instant};

use test_database::DatabaseKind;

use crate::support::{PASSWORD, PATIENCE, Server, shell_lines, type_in};

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn the_pages_of_the_list_are_turned_to_the_last() {
    // All users sign up from one address.
    let many = [("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "1000")];
    let server = Server::start_with(DatabaseKind::Sqlite, &many);
    server
        .run_with_password(&["create-super-admin", "root.admin"], "battery staple")
        .succeeded();
    let mut expected = String::new();
    for number in 0..101 {
        let name = format!("user-{number}");
        server.anonymous().sign_up(&name, PASSWORD).await.expect(201);
        writeln!(expected, "{name}").unwrap();
    }
    let script = shell_lines("docs/api.md", "Lists").replace("http://127.0.0.1:8000", server.base_url());

    assert_eq!(type_in(&script, server.directory()), expected);
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn the_accounts_at_which_most_log_ins_were_refused_are_told_from_the_audit_trail() {
    let server = Server::start(DatabaseKind::Sqlite);
    server
        .run_with_password(&["create-super-admin", "root.admin"], "battery staple")
        .succeeded();
    let stranger = server.anonymous();
    for (name, times) in [("alice", 1), ("brian", 3)] {
        stranger.sign_up(name, PASSWORD).await.expect(201);
        for _ in 0..times {
            stranger.log_in(name, "wrong horse battery").await;
        }
    }
    let script = shell_lines("docs/api.md", "The audit trail").replace("http://127.0.0.1:8000", server.base_url());
    let start = Instant::now();
    // The first of a kind is written after a second.
    while type_in(&script, server.directory()).lines().count() < 2 {
        assert!(start.elapsed() < PATIENCE);
    }
    assert_eq!(type_in(&script, server.directory()), "1\tbrian\n1\talice\n");
}
