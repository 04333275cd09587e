//! What the guide to deployment has for a shell, where it takes no other machine.

use std::fs;

use test_database::DatabaseKind;

use crate::support::{Program, shell_lines, type_in};

#[test]
#[ignore = "needs bash and openssl"]
fn a_new_secret_goes_behind_the_old_one_then_before_it_then_alone() {
    let program = Program::with(
        DatabaseKind::Sqlite,
        &[
            ("APP_SECURITY__AUTH__JWT_ALGORITHM", "RS256"),
            ("APP_SECURITY__AUTH__JWT_PRIVATE_KEY_FILE", "new.pem"),
            ("APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE", "new.pub.pem"),
        ],
    );
    let directory = program.directory();
    fs::write(directory.join("jwt_secret"), "old\n").unwrap();
    let script = shell_lines("docs/deployment.md", "A new secret").replace("/etc/gatehouse/secrets", ".");

    let said = type_in(&format!("systemctl() {{ cat jwt_secret; }}\n{script}"), directory);

    let restarted_with: Vec<_> = said.lines().collect();
    let new = *restarted_with.last().unwrap();
    assert!(new.len() >= 64, "{said}");
    assert_eq!(restarted_with, ["old", new, new, "old", new]);
    assert!(!directory.join("jwt_secret.old").exists() && !directory.join("jwt_secret.new").exists());
    program.run(&["config", "check"]).succeeded();
}
