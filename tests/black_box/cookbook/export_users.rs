//! All users as CSV.

use std::fs;

use rstest::rstest;
use serde_json::{Value, json};

use super::{
    ADMIN,
    stand_in::{answer, farewell, problem, stand_in, welcome},
    support::Cookbook,
};

/// The rows of an export, without its header, without quotes, and without the last column: who exports is seen meanwhile.
fn rows(csv: &str) -> Vec<String> {
    let mut rows = csv.lines();
    let header = "id,username,role,is_active,created_at,updated_at,last_seen_at";
    assert_eq!(rows.next(), Some(header));
    rows.map(|row| row.rsplit_once(',').unwrap().0.replace('"', ""))
        .collect()
}

/// What the export must show of a user.
fn row(user: &Value) -> String {
    let fields = ["id", "username", "role", "is_active", "created_at", "updated_at"];
    fields.map(|field| user[field].to_string().replace('"', "")).join(",")
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn all_pages_are_written_in_the_order_of_creation() {
    let cookbook = Cookbook::new().await;
    let mut users = cookbook.root.find("").await;
    users.sort_by_key(|user| user["created_at"].to_string());
    while users.len() < 200 {
        let name = format!("user.{}", 1000 - users.len());
        users.push(cookbook.root.create(&name, "user").await);
    }
    let expected: Vec<_> = users.iter().map(row).collect();
    let export = cookbook.run("export-users.sh", &[]).succeeded();
    assert_eq!(rows(&export), expected);
    let seen = |name: &str| {
        export
            .lines()
            .find(|row| row.contains(name))
            .is_some_and(|row| !row.ends_with(','))
    };
    assert!(seen("super.admin") && !seen("user.801"), "{export}");

    let late = cookbook.root.create("latecomer", "user").await;
    fs::write(cookbook.path("users.csv"), "what was exported before").unwrap();
    let said = cookbook.run("export-users.sh", &["users.csv"]).succeeded();
    assert_eq!(said, "201 users were written into users.csv\n");
    assert_eq!(
        rows(&cookbook.private("users.csv")),
        [expected, vec![row(&late)]].concat()
    );
}

#[rstest]
#[case(&["--role", "admin"], &[ADMIN, "idle.admin"])]
#[case(&["--active", "false"], &["idle.admin", "idle.user"])]
#[case(&["--active", "true", "--role", "user"], &["brian"])]
#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn it_can_be_limited_to_a_role_and_to_active_users(#[case] options: &[&str], #[case] names: &[&str]) {
    let cookbook = Cookbook::new().await;
    for (name, role) in [("idle.admin", "admin"), ("idle.user", "user"), ("brian", "user")] {
        cookbook.root.create(name, role).await;
    }
    for name in ["idle.admin", "idle.user"] {
        cookbook.root.change("inactivate", name).await.expect(200);
    }
    let rows = rows(&cookbook.run("export-users.sh", options).succeeded());
    let exported: Vec<_> = rows.iter().map(|row| row.split(',').nth(1).unwrap()).collect();
    assert_eq!(exported, names);
}

#[rstest]
#[case::a_page_fails(&["users.csv"], problem(500, "internal_error"))]
#[case::the_connection_breaks(&["users.csv"], String::new())]
#[case::to_standard_output(&[], String::new())]
#[ignore = "needs bash, curl and jq"]
fn half_an_export_is_none(#[case] arguments: &[&str], #[case] failure: String) {
    let cookbook = Cookbook::without_accounts();
    let page = json!({"users": [{"username": "brian"}], "next_cursor": "next"});
    let page = answer(200, "", &page.to_string());
    let (url, requests) = stand_in(&[&welcome(), &page, &failure, &farewell()]);
    fs::write(cookbook.path("users.csv"), "what was exported before").unwrap();
    let files = cookbook.files();

    let outcome = cookbook.run_against(&url, "export-users.sh", arguments);

    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        fs::read_to_string(cookbook.path("users.csv")).unwrap(),
        "what was exported before"
    );
    assert_eq!(cookbook.files(), files);
    assert_eq!(requests.try_iter().last().unwrap(), "DELETE /account/logout");
}
