//! Another password, one's own or somebody else's.

use std::fs;

use rstest::rstest;

use super::{
    ADMIN,
    stand_in::{busy, farewell, problem, stand_in, welcome},
    support::Cookbook,
};

const ANOTHER_PASSWORD: &str = "staple battery correct";

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn ones_own_is_changed_by_who_knows_it() {
    let cookbook = Cookbook::new().await;
    let elsewhere = cookbook.server.logged_in(ADMIN).await;
    let said = cookbook
        .run("rotate-password.sh", &["--generate", "new.password"])
        .succeeded();
    assert_eq!(
        said,
        "anna.admin has another password, and all earlier sessions of the account have ended\n"
    );
    elsewhere.me().await.problem(401, "not_authenticated");

    let generated = cookbook.private("new.password");
    let mut command = cookbook.command("rotate-password.sh", &["--new-password-file", "-", "Anna.Admin"]);
    command.env("GATEHOUSE_PASSWORD_FILE", "-");
    let both = format!("{generated}{ANOTHER_PASSWORD}\r\n");
    cookbook.outcome(&mut command, &both).succeeded();
    let anna = cookbook.server.anonymous();
    anna.log_in(ADMIN, ANOTHER_PASSWORD).await.expect(200);
    anna.log_out().await;
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn that_of_somebody_below_is_changed_and_ends_the_sessions() {
    let cookbook = Cookbook::new().await;
    let brian = cookbook.server.user("brian").await;
    let arguments = ["--new-password-file", "brian.password", "brian"];
    fs::write(
        cookbook.path("brian.password"),
        format!("{ANOTHER_PASSWORD} \"ü\\ü\" $(x)\n"),
    )
    .unwrap();
    cookbook.run("rotate-password.sh", &arguments).succeeded();
    brian.me().await.problem(401, "not_authenticated");
    let password = format!("{ANOTHER_PASSWORD} \"ü\\ü\" $(x)");
    brian.log_in("brian", &password).await.expect(200);
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn a_password_that_is_of_no_use_is_not_left_in_a_file() {
    let cookbook = Cookbook::new().await;
    for (name, code) in [("super.admin", "not_authorized"), ("nobody", "user_not_found")] {
        let refusal = cookbook
            .run("rotate-password.sh", &["--generate", "new.password", name])
            .refused();
        assert!(refusal.contains(&format!("[{code}, request ")), "{refusal}");
        assert!(!cookbook.path("new.password").exists());
    }
    fs::write(cookbook.path("new.password"), "still needed").unwrap();
    let refusal = cookbook
        .run("rotate-password.sh", &["--generate", "new.password"])
        .refused();
    assert!(refusal.starts_with("new.password exists already"), "{refusal}");
    assert_eq!(
        fs::read_to_string(cookbook.path("new.password")).unwrap(),
        "still needed"
    );
    cookbook.run("export-users.sh", &[]).succeeded();
}

#[rstest]
#[case::no_answer(&[""])]
#[case::an_error(&["500"])]
#[case::refused_after_an_attempt_that_failed(&["503", "403"])]
#[ignore = "needs bash, curl and jq"]
fn a_password_that_may_be_in_force_is_left_in_its_file(#[case] answers: &[&str]) {
    let cookbook = Cookbook::without_accounts();
    let answers = answers.iter().map(|status| match *status {
        "" => String::new(),
        "503" => busy("0"),
        status => problem(status.parse().unwrap(), "internal_error"),
    });
    let answers: Vec<_> = [welcome()].into_iter().chain(answers).chain([farewell()]).collect();
    let (url, _) = stand_in(&answers.iter().map(String::as_str).collect::<Vec<_>>());
    let outcome = cookbook.run_against(&url, "rotate-password.sh", &["--generate", "new.password"]);

    assert_eq!(outcome.code, Some(1));
    let hint = "\nThe new password may be in force all the same; it is in new.password.\n";
    assert!(outcome.stderr.ends_with(hint), "{outcome:?}");
    assert_eq!(cookbook.private("new.password").trim().len(), 24);
}
