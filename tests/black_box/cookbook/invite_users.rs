//! Invitations of the users of a CSV file.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rstest::rstest;
use serde_json::json;

use super::{
    ADMIN, FOLDER,
    stand_in::{answer, busy, farewell, problem, stand_in, welcome},
    support::Cookbook,
};
use crate::support::{Outcome, PASSWORD, PATIENCE};

const ARGUMENTS: [&str; 2] = ["users.csv", "links.csv"];

/// The rows of a file of links: username, address and expiry.
fn rows(links: &str) -> Vec<[&str; 3]> {
    let mut rows = links.lines();
    assert_eq!(rows.next(), Some("username,url,expires_at"));
    rows.map(|row| row.split(',').collect::<Vec<_>>().try_into().unwrap())
        .collect()
}

/// Sets a password by the link at `url`, and returns the status of the answer.
async fn redeem(cookbook: &Cookbook, url: &str) -> u16 {
    let (_, token) = url.split_once("/console/welcome#").unwrap();
    let body = json!({"token": token, "password": PASSWORD});
    let anybody = cookbook.server.anonymous();
    let answer = anybody.post("/api/v1/account/link/redeem", &body).await;
    answer.status.as_u16()
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn every_good_line_is_an_invitation_and_every_bad_one_is_told() {
    let cookbook = Cookbook::new().await;
    // As a spreadsheet writes it, and with a last line that does not end.
    let lines = [
        "\u{feff}username,role",
        "brian,user",
        "carol",
        "dora.,user",
        "",
        "ANNA.admin,user",
        "\"edgar\",user",
        "frank, user",
        "grace,user,",
        "evil\u{1b}[2J,user",
        "harry,admin",
        "irene,king",
        "jacob,",
    ];
    fs::write(cookbook.path("users.csv"), lines.join("\r\n")).unwrap();
    let outcome = cookbook.run("invite-users.sh", &ARGUMENTS);

    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(1), ""));
    let expected = [
        "line 4: dora.: A username must ",
        "line 6: ANNA.admin: exists already",
        "line 7: \"edgar\",user: there can be letters, ",
        "line 8: frank, user: there can be letters, ",
        "line 9: grace,user,: there must be a username and a role, no more",
        "line 10: evil?[2J,user: there can be letters, ",
        "line 11: harry: Your role does not permit this. [not_authorized, request ",
        "line 12: irene: The request has the wrong shape. role: must be `user` or `admin`. [validation_failed, ",
        "3 invited, 0 renewed, 1 existed already, 7 failed",
        "The links are in links.csv, and lead to http://",
    ];
    let said: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(said.len(), expected.len(), "{outcome:?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said} does not start with {expected}");
    }

    let links = cookbook.private("links.csv");
    let first = rows(&links);
    assert_eq!(
        first.iter().map(|row| row[0]).collect::<Vec<_>>(),
        ["brian", "carol", "jacob"]
    );
    assert_eq!(redeem(&cookbook, first[0][1]).await, 204);
    let brian = cookbook.server.anonymous().log_in("brian", PASSWORD).await.expect(200);
    assert_eq!(brian["role"], "user");

    let again = cookbook.run("invite-users.sh", &ARGUMENTS).refused();
    assert!(again.starts_with("links.csv exists already"), "{again}");
    assert_eq!(cookbook.private("links.csv"), links);
    let again = cookbook.run("invite-users.sh", &["users.csv", "more.csv"]);
    assert!(
        again
            .stdout
            .contains("line 3: carol: is invited already: --renew gives another link\n"),
        "{again:?}"
    );
    assert!(
        again
            .stdout
            .ends_with("\n0 invited, 0 renewed, 4 existed already, 7 failed\n"),
        "{again:?}"
    );
    assert!(!cookbook.path("more.csv").exists());

    let renewed = cookbook.run("invite-users.sh", &["--renew", "users.csv", "more.csv"]);
    assert!(
        renewed
            .stdout
            .contains("\n0 invited, 2 renewed, 2 existed already, 7 failed\n"),
        "{renewed:?}"
    );
    let more = cookbook.private("more.csv");
    for ([username, url, _], [_, former, _]) in rows(&more).into_iter().zip(&first[1..]) {
        assert_eq!(redeem(&cookbook, former).await, 404);
        assert_eq!(redeem(&cookbook, url).await, 204);
        cookbook.server.anonymous().log_in(username, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn users_who_exist_already_are_no_failure_and_admins_are_made_by_super_admins() {
    let cookbook = Cookbook::new().await;
    cookbook
        .server
        .run_with_password(&["create-super-admin", "root.admin"], PASSWORD)
        .succeeded();
    fs::write(
        cookbook.path("users.csv"),
        "username,role\nanna.admin,admin\nbrian.admin,admin\n",
    )
    .unwrap();
    let said = cookbook.run_as("root.admin", "invite-users.sh", &ARGUMENTS).succeeded();
    let expected = format!(
        "line 2: anna.admin: exists already\n\
         1 invited, 0 renewed, 1 existed already, 0 failed\n\
         The links are in links.csv, and lead to {}/console/welcome\n",
        cookbook.server.base_url()
    );
    assert_eq!(said, expected);
    let invited = cookbook.root.find("brian.admin").await;
    assert_eq!(invited[0]["role"], "admin");
    assert_eq!(invited[0]["is_invited"], true);
    cookbook.assert_no_session_of("root.admin");
}

#[rstest]
#[case::nothing("")]
#[case::no_header("brian,user\n")]
#[case::other_separator("username;role\nbrian;user\n")]
#[case::with_passwords("username,password,role\n")]
#[ignore = "needs bash, curl and jq"]
fn a_file_of_another_kind_is_refused(#[case] text: &str) {
    let cookbook = Cookbook::without_accounts();
    fs::write(cookbook.path("users.csv"), text).unwrap();
    let refusal = cookbook.run("invite-users.sh", &ARGUMENTS).refused();
    assert_eq!(refusal, "the first line of users.csv must be username,role\n");
    let missing = cookbook.run("invite-users.sh", &["nowhere.csv", "links.csv"]);
    assert_eq!(missing.refused(), "nowhere.csv is not a file that can be read\n");
    assert!(!cookbook.path("links.csv").exists());
}

#[rstest]
#[case::interrupted(true)]
#[case::the_server_dies(false)]
#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn whatever_stops_it_every_link_is_kept(#[case] interrupted: bool) {
    let mut cookbook = Cookbook::new().await;
    let lines: String = (0..2000).map(|number| format!("user.{number},user\n")).collect();
    fs::write(cookbook.path("users.csv"), format!("username,role\n{lines}")).unwrap();
    let mut command = cookbook.configured(Command::new(Path::new(FOLDER).join("invite-users.sh")));
    let process = command
        .args(ARGUMENTS)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let links = cookbook.path("links.csv");
    while fs::read_to_string(&links).map_or(0, |rows| rows.lines().count()) < 5 {
        assert!(start.elapsed() < PATIENCE, "nobody is invited");
        thread::sleep(Duration::from_millis(5));
    }
    if interrupted {
        let status = Command::new("kill").arg(process.id().to_string()).status();
        assert!(status.unwrap().success());
    } else {
        cookbook.server.kill();
    }
    let outcome = Outcome::from(process.wait_with_output().unwrap());
    cookbook.assert_clean();
    if !interrupted {
        assert!(outcome.stderr.contains("warning: not logged out"), "{outcome:?}");
        cookbook.server.restart();
        cookbook.server.run(&["revoke-sessions", ADMIN]).succeeded();
    }

    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    let reason = if interrupted { "interrupted" } else { "does not answer" };
    let stop = outcome
        .stderr
        .lines()
        .find(|line| line.starts_with("error: stopped at line "));
    assert!(stop.is_some_and(|line| line.contains(reason)), "{outcome:?}");
    assert!(
        outcome.stdout.contains(" invited, 0 renewed, 0 existed already, "),
        "{outcome:?}"
    );

    let links = cookbook.private("links.csv");
    let rows = rows(&links);
    let root = cookbook.server.logged_in("super.admin").await;
    let made = root.get("/api/v1/users/?role=user").await.expect(200)["total"]
        .as_u64()
        .unwrap();
    let doubtful = outcome
        .stdout
        .matches("it may be invited now: if so, --renew gives another link")
        .count();
    assert!((4..1999).contains(&made), "{made}");
    assert!(
        (rows.len()..=rows.len() + doubtful).contains(&(made as usize)),
        "{made}: {outcome:?}"
    );
    for [_, url, _] in rows {
        assert_eq!(redeem(&cookbook, url).await, 204);
    }
}

#[test]
#[ignore = "needs bash, curl and jq"]
fn it_stops_when_the_session_ends() {
    let cookbook = Cookbook::without_accounts();
    let lines = "username,role\nbrian,user\ncarol,user\ndora,user\n";
    fs::write(cookbook.path("users.csv"), lines).unwrap();
    let ended = problem(401, "not_authenticated");
    let link = json!({"url": "http://localhost/console/welcome#x", "expires_at": "2026-12-01T00:00:00Z"});
    let invited = answer(201, "", &json!({"invitation": link}).to_string());
    let (url, requests) = stand_in(&[&welcome(), &invited, &ended, &ended]);
    let outcome = cookbook.run_against(&url, "invite-users.sh", &ARGUMENTS);

    assert_eq!(outcome.code, Some(1));
    assert_eq!(
        outcome.stderr,
        "error: stopped at line 3 of 4: No. [not_authenticated, request r-1]\n"
    );
    assert!(
        outcome
            .stdout
            .contains("1 invited, 0 renewed, 0 existed already, 1 failed\n"),
        "{outcome:?}"
    );
    assert_eq!(rows(&cookbook.private("links.csv")).len(), 1);
    assert_eq!(
        requests.try_iter().collect::<Vec<_>>(),
        [
            "POST /account/login",
            "POST /users/",
            "POST /users/",
            "DELETE /account/logout"
        ]
    );
}

#[test]
#[ignore = "needs bash, curl and jq"]
fn a_user_who_may_have_been_invited_by_an_attempt_that_failed_is_told() {
    let cookbook = Cookbook::without_accounts();
    fs::write(
        cookbook.path("users.csv"),
        "username,role\nbrian,user\ncarol,user\ndora,user\n",
    )
    .unwrap();
    let brian = json!({"id": "1", "username": "brian", "is_active": true, "is_invited": true});
    let taken = problem(409, "username_already_exists");
    let (url, _) = stand_in(&[
        &welcome(),
        &busy("0"),
        &taken,
        &answer(200, "", &json!({"users": [brian]}).to_string()),
        &problem(500, "internal_error"),
        &taken,
        &answer(200, "", r#"{"users":[]}"#),
        &farewell(),
    ]);
    let outcome = cookbook.run_against(&url, "invite-users.sh", &ARGUMENTS);

    let expected = "\
        line 2: brian: is invited, but the answer with the link was lost: --renew gives another one\n\
        line 3: carol: No. [internal_error, request r-1]; \
        it may be invited now: if so, --renew gives another link\n\
        line 4: dora: the name was that of a user who was erased: take another one\n\
        0 invited, 0 renewed, 0 existed already, 3 failed\n";
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), expected));
    assert!(!cookbook.path("links.csv").exists());
}
