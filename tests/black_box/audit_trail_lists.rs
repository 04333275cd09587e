//! How the audit trail is read, and for how long.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::{
    audit::{events, short},
    support::{PATIENCE, Program, Server, blamed, forger::SECRETS, time},
};

#[apply(on_every_database)]
#[tokio::test]
async fn pages_lead_from_the_newest_to_the_oldest(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    for number in 0..5 {
        root.create(&format!("user{number}"), "user").await;
    }
    let all = events(&root, "limit=100").await;
    assert_eq!(all.len(), 7);
    let (mut cursor, mut paged) = (String::new(), Vec::new());
    for number in 1..=3 {
        let page = root.get(&format!("/api/v1/audit/?limit=3{cursor}")).await.expect(200);
        paged.extend(page["events"].as_array().unwrap().clone());
        // New events are on no later page.
        root.create(&format!("later{number}"), "user").await;
        let next = page["next_cursor"].as_str();
        assert_eq!(next.is_some(), number < 3);
        cursor = next.map(|after| format!("&after={after}")).unwrap_or_default();
    }
    assert_eq!(paged, all);
}

#[apply(on_every_database)]
#[tokio::test]
async fn filters_narrow_the_list_down(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let alice = server.user("alice").await;
    let [root_id, alice_id] = [root.me().await.json(), alice.me().await.json()].map(|me| me["id"].clone());
    let [root_id, alice_id] = [root_id.as_str().unwrap(), alice_id.as_str().unwrap()];
    let granted = root.change("grant", "alice").await.expect(200);
    // A moment between the two, for times are compared by the millisecond.
    tokio::time::sleep(Duration::from_millis(5)).await;
    root.change("revoke", "alice").await.expect(200);
    let revoked_at = time(&events(&root, "action=revoke_admin").await[0]["occurred_at"]);
    let granted_at = time(&granted["updated_at"]);
    let moment = |time: chrono::DateTime<_>| time.format("%FT%T%.6fZ").to_string();

    for (query, expected) in [
        (
            format!("actor_id={root_id}&action=log_in"),
            vec!["super log_in super success"],
        ),
        (
            format!("target_id={alice_id}&actor_id={root_id}"),
            vec!["super revoke_admin alice success", "super grant_admin alice success"],
        ),
        (
            format!("since={}", moment(revoked_at)),
            vec!["super revoke_admin alice success"],
        ),
        (
            format!("since={}&until={}", moment(granted_at), moment(revoked_at)),
            vec!["super grant_admin alice success"],
        ),
        ("outcome=refused".to_owned(), vec![]),
    ] {
        let told = Vec::from_iter(events(&root, &query).await.iter().map(short));
        assert_eq!(told, expected, "{query}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn parameters_that_make_no_sense_are_refused_and_named(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=1", "after"),
        ("actor_id=alice", "actor_id"),
        ("target_id=", "target_id"),
        ("action=sing_up", "action"),
        ("outcome=failed", "outcome"),
        ("since=yesterday", "since"),
        ("until=2026-01-01", "until"),
        ("username=alice", "username"),
    ] {
        let answer = root.get(&format!("/api/v1/audit/?{query}")).await;
        assert_eq!(blamed(&answer), [name], "{query}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_operator_reads_the_trail_on_the_command_line(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    server.user("alice").await;
    root.change("grant", "alice").await.expect(200);

    let all = server.run(&["audit"]).succeeded();
    let told = Vec::from_iter(all.lines().map(|line| {
        let words = Vec::from_iter(line.split(' '));
        assert_eq!((words.len(), words[8]), (9, "1"), "{line}");
        let actor = words[1].split_once(':').map_or(words[1], |(kind, _)| kind);
        format!("{actor} {}", words[2..5].join(" "))
    }));
    assert_eq!(
        told,
        [
            "super grant_admin alice success",
            "alice log_in alice success",
            "alice sign_up alice success",
            "super log_in super success",
            "@operator create_super_admin super success",
        ]
    );
    for (arguments, lines) in [
        (vec!["--actor", "ALICE"], 2),
        (vec!["--actor", "01a224ba-0329-707c-994f-5eab0a5ee0e3"], 0),
        (vec!["--actor", "@operator"], 1),
        (vec!["--actor", "@user"], 4),
        (vec!["--actor", "@anonymous"], 0),
        (vec!["--target", "alice", "--action", "grant_admin"], 1),
        (vec!["--outcome", "refused"], 0),
        (vec!["--limit", "2"], 2),
        (vec!["--until", "2026-01-01T00:00:00Z"], 0),
        (vec!["--until", "2026-01-01"], 0),
        (vec!["--since", "2026-01-01"], 5),
        (vec!["--since", "1h"], 5),
        (vec!["--until", "1h"], 0),
    ] {
        let told = server.run(&[&["audit"], &arguments[..]].concat()).succeeded();
        assert_eq!(told.lines().count(), lines, "{arguments:?}: {told}");
    }
    let refusal = server.run(&["audit", "--actor", "nobody"]).refused();
    assert_eq!(refusal, "There is no such user.\n");
    let refusal = server.run(&["audit", "--since", "1h", "--until", "2h"]).refused();
    assert!(refusal.contains("later than --since"), "{refusal}");
    for (option, mistake, hint) in [
        ("--action", "sing_up", "sign_up"),
        ("--since", "yesterday", "RFC 3339"),
        ("--until", "1y", "1h"),
        ("--actor", "@nobody", "@anonymous"),
    ] {
        let complaint = server.run(&["audit", option, mistake]).misused();
        assert!(complaint.contains(hint), "{complaint}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_user_called_operator_is_told_from_the_operator(database: DatabaseKind) {
    let server = Server::start(database);
    server.user("operator").await;
    server.run(&["revoke-sessions", "operator"]).succeeded();
    let actors = |actor: &str| {
        let told = server.run(&["audit", "--actor", actor]).succeeded();
        Vec::from_iter(
            told.lines()
                .map(|line| line.split([' ', ':']).nth(3).unwrap().to_owned()),
        )
    };
    for (actor, shown) in [("operator", vec!["operator"; 2]), ("@operator", vec!["@operator"])] {
        assert_eq!(actors(actor), shown);
    }
}

/// `script` gives the program a terminal.
#[test]
#[cfg(target_os = "linux")]
fn on_a_terminal_the_columns_have_a_heading() {
    let program = Program::with(DatabaseKind::Sqlite, &SECRETS);
    program.run(&["migrate", "up"]).succeeded();
    assert_eq!(program.run(&["audit"]).succeeded(), "");
    let command = format!("{} audit", env!("CARGO_BIN_EXE_gatehouse"));
    let output = program
        .wrapped("script", &["--quiet", "--command", &command, "/dev/null"])
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        shown.trim_end(),
        "TIME ACTOR ACTION TARGET OUTCOME ADDRESS REQUEST SESSION COUNT"
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn events_are_kept_for_as_long_as_is_configured(database: DatabaseKind) {
    let mut server = Server::start_with(database, &[("APP_AUDIT__RETENTION_DAYS", "30")]);
    server.super_admin("super").await;
    // It would purge the event in its first seconds, too.
    server.stop();
    let connection = server.open_database().await;
    // The time of an event stands at the beginning of its id.
    let insert = |id: &str| {
        let id = match database {
            DatabaseKind::Sqlite => format!("x'{}'", id.replace('-', "")),
            DatabaseKind::Postgres => format!("'{id}'"),
        };
        format!(
            "INSERT INTO audit_events (id, occurred_at, actor_kind, action, count) \
             VALUES ({id}, '2020-01-01T00:00:00+00:00', 'operator', 'demote', 1)"
        )
    };
    connection
        .execute_unprepared(&insert("016f5e66-e800-7000-8000-000000000001"))
        .await
        .unwrap();
    server.restart();
    let gone = async {
        while !server.log().contains("purged 1 expired audit events") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    let left = Statement::from_string(connection.get_database_backend(), "SELECT id FROM audit_events");
    assert_eq!(connection.query_all_raw(left).await.unwrap().len(), 2);
}
