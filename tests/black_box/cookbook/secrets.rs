//! Who looks at the processes of the machine sees no password, and no link.

use std::fs;

use super::{ADMIN, support::Cookbook};
use crate::support::PASSWORD;

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn no_password_and_no_link_is_shown_to_other_users_of_the_machine() {
    let cookbook = Cookbook::new().await;
    cookbook.root.create("brian", "user").await;
    let programs = cookbook.recording_programs(&[]);
    let typed = "staple battery correct";
    let runs: [(&str, &str, &[&str], &str); 7] = [
        (
            "bootstrap-admin.sh",
            "root.admin",
            &["--new-password-file", "-", "carol.admin"],
            typed,
        ),
        ("invite-users.sh", ADMIN, &["users.csv", "links.csv"], ""),
        ("export-users.sh", ADMIN, &["export.csv"], ""),
        ("inactivate-user.sh", ADMIN, &["user.one"], ""),
        ("inactivate-users.sh", ADMIN, &["leavers.csv"], ""),
        (
            "rotate-password.sh",
            ADMIN,
            &["--new-password-file", "-", "brian"],
            typed,
        ),
        ("rotate-password.sh", ADMIN, &["--generate", "anna.password"], ""),
    ];
    for (script, username, arguments, input) in runs {
        let mut command = cookbook.command(script, arguments);
        command
            .env("PATH", &programs)
            .env("GATEHOUSE_USER", username)
            .env_remove("GATEHOUSE");
        // What somebody else has exported under these names is not exported again with a password in it.
        for name in ["SECRET", "PASSWORD", "NEW_PASSWORD", "BODY", "body", "first"] {
            command.env(name, "exported");
        }
        let shown = cookbook.outcome(&mut command, input).succeeded();
        assert!(!shown.contains(typed) && !shown.contains(PASSWORD), "{shown}");
    }

    let record = fs::read_to_string(cookbook.path("record")).unwrap();
    for program in ["curl", "gatehouse", "jq"] {
        assert!(record.contains(&format!("/{program} ")), "{program} was not recorded");
    }
    let links = fs::read_to_string(cookbook.path("links.csv")).unwrap();
    let tokens = links.lines().skip(1).map(|row| row.split(['#', ',']).nth(2).unwrap());
    let own = fs::read_to_string(cookbook.path("anna.password")).unwrap();
    for secret in tokens.chain([PASSWORD, typed, own.trim(), "access_token"]) {
        assert!(secret.len() > 10, "{secret}");
        let shown = record.lines().find(|line| line.contains(secret));
        assert_eq!(shown, None, "{secret}");
    }
}
