//! What the log says, in both of its forms.

use gatehouse::setup::configuration::SECRETS;
use rstest::rstest;
use serde_json::Value;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{PASSWORD, Program, Server};

#[apply(on_every_database)]
#[tokio::test]
async fn every_request_has_one_line_that_says_who_asked_for_what(database: DatabaseKind) {
    let server = Server::start(database);
    let alice = server.user("alice").await;
    let user = alice.me().await.expect(200);

    let asked = alice.get("/api/v1/account/me?note=private").await;

    let request_id = asked.header("x-request-id").unwrap();
    let log = server.log();
    let lines = Vec::from_iter(log.lines().filter(|line| line.contains(request_id)));
    let [line] = lines[..] else { panic!("{lines:?}") };
    let (timestamp, rest) = line.split_once(' ').unwrap();
    assert!(chrono::DateTime::parse_from_rfc3339(timestamp).is_ok(), "{line}");
    let (said, duration_and_on) = rest.split_once(" duration_ms=").unwrap();
    assert_eq!(
        said,
        "INFO  gatehouse::access request method=GET path=/api/v1/account/me status=200"
    );
    let (duration, whose) = duration_and_on.split_once(' ').unwrap();
    assert!(duration.parse::<f64>().unwrap() > 0.0, "{line}");
    let user_id = user["id"].as_str().unwrap();
    assert_eq!(
        whose,
        format!("user_id={user_id} address=127.0.0.1 request_id={request_id}")
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn every_line_for_collectors_is_json_with_the_same_fields(database: DatabaseKind) {
    let mut server = Server::start_with(database, &[("APP_LOGS__FORMAT", "json")]);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    let logged_in = alice.log_in("alice", PASSWORD).await;
    let user = logged_in.expect(200);
    let request_id = logged_in.header("x-request-id").unwrap();
    let me = alice.me().await;
    server.stop();

    let log = server.log();
    let lines = Vec::from_iter(log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    for line in &lines {
        let timestamp = line["timestamp"].as_str().unwrap();
        assert!(chrono::DateTime::parse_from_rfc3339(timestamp).is_ok(), "{line}");
        assert!(["INFO", "WARN"].contains(&line["level"].as_str().unwrap()), "{line}");
        assert!(line["target"].as_str().unwrap().starts_with("gatehouse::"), "{line}");
        assert!(!line["message"].as_str().unwrap().is_empty(), "{line}");
    }
    let of_request = |id: &str| Vec::from_iter(lines.iter().filter(|line| line["request_id"] == id));
    let [use_case, access] = of_request(request_id)[..] else {
        panic!("{log}")
    };
    assert_eq!(
        use_case["target"],
        "gatehouse::application::commands::account::session_issue"
    );
    assert!(
        use_case["message"]
            .as_str()
            .unwrap()
            .contains(user["id"].as_str().unwrap()),
        "{use_case}"
    );
    assert_eq!(access["target"], "gatehouse::access");
    assert_eq!(access["method"], "POST");
    assert_eq!(access["path"], "/api/v1/account/login");
    assert_eq!(access["status"], 200);
    assert!(access["duration_ms"].as_f64().unwrap() > 0.0, "{access}");
    assert_eq!(access["user_id"], "-");
    assert_eq!(access["address"], "127.0.0.1");
    let [access] = of_request(me.header("x-request-id").unwrap())[..] else {
        panic!("{log}")
    };
    assert_eq!(access["user_id"], user["id"]);
}

#[rstest]
#[case::by_default("info", false)]
#[case::called_for("debug", true)]
#[tokio::test]
async fn probes_are_logged_at_debug(#[case] level: &str, #[case] are_logged: bool) {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_LOGS__LEVEL", level)]);
    let client = server.anonymous();
    for path in ["/health/live", "/health/ready", "/health/ready/"] {
        client.get(path).await.expect(200);
    }
    client.get("/api/v1/").await.expect(200);
    let log = server.log();
    let lines = log.lines().filter(|line| line.contains("gatehouse::access"));
    let levels = Vec::from_iter(lines.map(|line| line.split(' ').nth(1).unwrap()));
    let expected = if are_logged {
        &["DEBUG", "DEBUG", "DEBUG", "INFO"][..]
    } else {
        &["INFO"]
    };
    assert_eq!(levels, expected, "{log}");
}

#[apply(on_every_database)]
#[rstest]
#[case::silenced("info", "gatehouse::setup=info", false)]
#[case::called_for("off", "gatehouse=info", true)]
#[case::called_for_everywhere("off", "info", true)]
#[tokio::test]
async fn rust_log_overrides_the_configured_level(
    database: DatabaseKind,
    #[case] level: &str,
    #[case] rust_log: &str,
    #[case] has_access_lines: bool,
) {
    let server = Server::start_with(database, &[("APP_LOGS__LEVEL", level), ("RUST_LOG", rust_log)]);
    server.anonymous().get("/api/v1/").await.expect(200);
    assert_eq!(
        server.log().contains("gatehouse::access"),
        has_access_lines,
        "{}",
        server.log()
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_libraries_log_no_secret_either_when_everything_is_logged(database: DatabaseKind) {
    // A server that asks for no password takes any.
    let secrets = SECRETS.map(|secret| {
        let key = secret.path;
        let variable = format!("APP_{}", key.to_uppercase().replace('.', "__"));
        let secret = format!("secret{}", key.replace(['.', '_'], "").repeat(4));
        (variable, secret)
    });
    let mut variables = vec![("RUST_LOG", "trace")];
    variables.extend(
        secrets
            .iter()
            .map(|(variable, secret)| (variable.as_str(), secret.as_str())),
    );
    let server = Server::start_with(database, &variables);
    let alice = server.user("alice").await;
    let cookie = alice.cookie().unwrap();
    alice.me().await.expect(200);
    alice.log_out().await;
    server.carrying(&cookie).me().await.problem(401, "not_authenticated");

    let log = server.log();
    assert!(log.contains(" TRACE "), "{log}");
    let used = [PASSWORD, &cookie["access_token=".len()..], "$2b$", "eyJ"];
    for secret in secrets.iter().map(|(_, secret)| secret.as_str()).chain(used) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[rstest]
#[case::no_level(
    "WARNING",
    "variable RUST_LOG: \"WARNING\" is neither a level nor a module of gatehouse"
)]
#[case::no_level("gatehouse=verbose", "variable RUST_LOG: \"verbose\" is no level")]
#[case::others_alone("sqlx=debug", "variable RUST_LOG: \"sqlx=debug\" says nothing about gatehouse")]
fn a_rust_log_that_would_silence_the_log_is_refused(
    #[case] rust_log: &str,
    #[case] complaint: &str,
    #[values(&["serve"], &["config", "check"], &["migrate", "up"])] arguments: &[&str],
) {
    let refused = Program::with(DatabaseKind::Sqlite, &[("RUST_LOG", rust_log)])
        .run(arguments)
        .refused();
    assert!(refused.starts_with(complaint), "{refused}");
}
