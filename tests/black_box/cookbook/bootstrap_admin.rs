//! The first accounts of a new service.

use crate::support::{Outcome, PASSWORD};

use super::support::Cookbook;

fn bootstrap(cookbook: &Cookbook, arguments: &[&str], input: &str) -> Outcome {
    let mut command = cookbook.command("bootstrap-admin.sh", arguments);
    cookbook.outcome(command.env("GATEHOUSE_USER", "root.admin"), input)
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn it_makes_both_accounts_and_run_again_it_leaves_them_alone() {
    let cookbook = Cookbook::without_accounts();
    let said = bootstrap(&cookbook, &["--generate", "brian.password", "brian.admin"], "").succeeded();
    let [first, second] = said.lines().collect::<Vec<_>>()[..] else {
        panic!("{said}");
    };
    assert!(
        first.starts_with("root.admin (") && first.ends_with(") was created as super admin"),
        "{said}"
    );
    assert!(
        second.starts_with("brian.admin (") && second.ends_with(") was created as admin"),
        "{said}"
    );
    let password = cookbook.private("brian.password");
    let brian = cookbook.server.anonymous();
    let view = brian.log_in("brian.admin", password.trim()).await.expect(200);
    assert_eq!(view["role"], "admin");

    let again = bootstrap(&cookbook, &["--generate", "other.password", "Brian.Admin"], "").succeeded();
    assert_eq!(
        again,
        "root.admin exists already as super admin\nbrian.admin exists already as admin\n"
    );
    assert!(!cookbook.path("other.password").exists());
    brian.me().await.expect(200);
    cookbook.assert_no_session_of("root.admin");
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn a_password_that_is_refused_leaves_neither_an_admin_nor_a_file() {
    let cookbook = Cookbook::without_accounts();
    let outcome = bootstrap(&cookbook, &["--new-password-file", "-", "brian.admin"], "short\n");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stdout.contains("root.admin"), "{outcome:?}");
    assert!(outcome.stderr.contains("[invalid_password, request "), "{outcome:?}");

    let refusal = bootstrap(&cookbook, &["--generate", "x.password", "x"], "");
    assert!(refusal.stderr.contains("[invalid_username, request "), "{refusal:?}");
    assert!(!cookbook.path("x.password").exists());
    cookbook.assert_no_session_of("root.admin");
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn an_account_that_is_no_active_admin_is_not_taken_for_one() {
    let cookbook = Cookbook::new().await;
    cookbook.root.create("plain.user", "user").await;
    cookbook.root.create("idle.admin", "admin").await;
    cookbook.root.change("inactivate", "idle.admin").await.expect(200);
    cookbook
        .server
        .run_with_password(&["create-super-admin", "root.admin"], PASSWORD);
    for (name, complaint) in [
        ("plain.user", "plain.user exists already as a plain user"),
        (
            "idle.admin",
            "idle.admin exists already but is inactive: gatehouse reactivate idle.admin",
        ),
    ] {
        let outcome = bootstrap(&cookbook, &["--generate", "new.password", name], "");
        assert_eq!(outcome.code, Some(1));
        assert!(outcome.stderr.contains(complaint), "{outcome:?}");
    }
    assert!(!cookbook.path("new.password").exists());
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn it_says_if_there_is_no_command_or_one_for_another_database() {
    let cookbook = Cookbook::without_accounts();
    let arguments = ["--generate", "new.password", "brian.admin"];
    let mut command = cookbook.command("bootstrap-admin.sh", &arguments);
    let refusal = cookbook
        .outcome(command.env("GATEHOUSE", "no-such-command --"), "")
        .refused();
    assert_eq!(
        refusal,
        "no-such-command is not installed: GATEHOUSE can name the command\n"
    );

    const OTHER: (&str, &str) = ("APP_DATABASE__URL", "sqlite:data/other.db");
    let mut migrate = cookbook.server.command(&["migrate", "up"]);
    migrate.env(OTHER.0, OTHER.1).assert().success();
    let mut command = cookbook.command("bootstrap-admin.sh", &arguments);
    command.env(OTHER.0, OTHER.1);
    let refusal = cookbook.outcome(&mut command, "").refused();
    assert!(refusal.contains("use the same database?"), "{refusal}");
}
