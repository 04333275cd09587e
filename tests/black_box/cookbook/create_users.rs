//! Users from a CSV file.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rstest::rstest;

use super::{
    ADMIN, FOLDER,
    stand_in::{answer, busy, farewell, problem, stand_in, welcome},
    support::Cookbook,
};
use crate::support::{Outcome, PASSWORD, PATIENCE};

const ARGUMENTS: [&str; 2] = ["users.csv", "passwords.csv"];

/// The rows of a file of passwords: username, role and password.
fn rows(passwords: &str) -> Vec<[&str; 3]> {
    let mut rows = passwords.lines();
    assert_eq!(rows.next(), Some("username,role,password"));
    rows.map(|row| row.split(',').collect::<Vec<_>>().try_into().unwrap())
        .collect()
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn every_good_line_becomes_a_user_and_every_bad_one_is_told() {
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
    let outcome = cookbook.run("create-users.sh", &ARGUMENTS);

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
        "3 created, 1 existed already, 7 failed",
        "The passwords are in passwords.csv",
    ];
    let said: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(said.len(), expected.len(), "{outcome:?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said} does not start with {expected}");
    }

    let passwords = cookbook.private("passwords.csv");
    let rows = rows(&passwords);
    assert_eq!(rows.len(), 3);
    for ([username, role, password], expected) in rows.into_iter().zip(["brian", "carol", "jacob"]) {
        assert_eq!((username, role, password.len()), (expected, "user", 24));
        assert!(password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
        let view = cookbook.server.anonymous().log_in(username, password).await.expect(200);
        assert_eq!(view["role"], "user");
    }

    let again = cookbook.run("create-users.sh", &ARGUMENTS).refused();
    assert!(again.starts_with("passwords.csv exists already"), "{again}");
    assert_eq!(cookbook.private("passwords.csv"), passwords);
    let again = cookbook.run("create-users.sh", &["users.csv", "more.csv"]);
    assert!(
        again.stdout.ends_with("\n0 created, 4 existed already, 7 failed\n"),
        "{again:?}"
    );
    assert!(!cookbook.path("more.csv").exists());
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
    let said = cookbook.run_as("root.admin", "create-users.sh", &ARGUMENTS).succeeded();
    assert_eq!(
        said,
        "line 2: anna.admin: exists already\n\
         1 created, 1 existed already, 0 failed\nThe passwords are in passwords.csv\n"
    );
    assert_eq!(cookbook.root.find("brian.admin").await[0]["role"], "admin");
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
    let refusal = cookbook.run("create-users.sh", &ARGUMENTS).refused();
    assert_eq!(refusal, "the first line of users.csv must be username,role\n");
    let missing = cookbook.run("create-users.sh", &["nowhere.csv", "passwords.csv"]);
    assert_eq!(missing.refused(), "nowhere.csv is not a file that can be read\n");
    assert!(!cookbook.path("passwords.csv").exists());
}

#[rstest]
#[case::interrupted(true)]
#[case::the_server_dies(false)]
#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn whatever_stops_it_no_user_is_left_without_a_known_password(#[case] interrupted: bool) {
    let mut cookbook = Cookbook::new().await;
    let lines: String = (0..2000).map(|number| format!("user.{number},user\n")).collect();
    fs::write(cookbook.path("users.csv"), format!("username,role\n{lines}")).unwrap();
    let mut command = cookbook.configured(Command::new(Path::new(FOLDER).join("create-users.sh")));
    let process = command
        .args(ARGUMENTS)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let passwords = cookbook.path("passwords.csv");
    while fs::read_to_string(&passwords).map_or(0, |rows| rows.lines().count()) < 5 {
        assert!(start.elapsed() < PATIENCE, "no users are created");
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
    assert!(outcome.stdout.contains(" created, 0 existed already, "), "{outcome:?}");

    let passwords = cookbook.private("passwords.csv");
    let rows = rows(&passwords);
    let root = cookbook.server.logged_in("super.admin").await;
    let made = root.get("/api/v1/users/?role=user").await.expect(200)["total"]
        .as_u64()
        .unwrap();
    let doubtful = outcome
        .stdout
        .matches("it may exist now: if so, with the password in passwords.csv")
        .count();
    assert!((4..1999).contains(&made), "{made}");
    assert!(
        (rows.len() - doubtful..=rows.len()).contains(&(made as usize)),
        "{made}: {outcome:?}"
    );
    for [username, _, password] in &rows[..made as usize] {
        cookbook.server.anonymous().log_in(username, password).await.expect(200);
    }
}

#[test]
#[ignore = "needs bash, curl and jq"]
fn it_stops_when_the_session_ends() {
    let cookbook = Cookbook::without_accounts();
    let lines = "username,role\nbrian,user\ncarol,user\ndora,user\n";
    fs::write(cookbook.path("users.csv"), lines).unwrap();
    let ended = problem(401, "not_authenticated");
    let (url, requests) = stand_in(&[&welcome(), &answer(201, "", "{}"), &ended, &ended]);
    let outcome = cookbook.run_against(&url, "create-users.sh", &ARGUMENTS);

    assert_eq!(outcome.code, Some(1));
    assert_eq!(
        outcome.stderr,
        "error: stopped at line 3 of 4: No. [not_authenticated, request r-1]\n"
    );
    assert!(
        outcome.stdout.contains("1 created, 0 existed already, 1 failed\n"),
        "{outcome:?}"
    );
    assert_eq!(rows(&cookbook.private("passwords.csv")).len(), 1);
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
fn a_user_who_may_have_been_made_by_an_attempt_that_failed_keeps_the_password() {
    let cookbook = Cookbook::without_accounts();
    fs::write(
        cookbook.path("users.csv"),
        "username,role\nbrian,user\ncarol,user\ndora,user\n",
    )
    .unwrap();
    let (url, _) = stand_in(&[
        &welcome(),
        &busy("0"),
        &problem(409, "username_already_exists"),
        &problem(500, "internal_error"),
        &problem(409, "username_already_exists"),
        &farewell(),
    ]);
    let outcome = cookbook.run_against(&url, "create-users.sh", &ARGUMENTS);

    let expected = "\
        line 2: brian: No. [username_already_exists, request r-1]; \
        it may exist now: if so, with the password in passwords.csv\n\
        line 3: carol: No. [internal_error, request r-1]; \
        it may exist now: if so, with the password in passwords.csv\n\
        line 4: dora: exists already\n\
        0 created, 1 existed already, 2 failed\n\
        The passwords are in passwords.csv\n";
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), expected));
    let passwords = cookbook.private("passwords.csv");
    let kept: Vec<_> = rows(&passwords).iter().map(|row| row[0]).collect();
    assert_eq!(kept, ["brian", "carol"]);
}
