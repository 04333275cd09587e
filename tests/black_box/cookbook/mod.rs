//! The scripts of `examples/curl` do what they say against a running server, and leave nothing behind.

mod bootstrap_admin;
mod every_script;
mod examples;
mod export_users;
mod inactivate_user;
mod inactivate_users;
mod invite_users;
#[cfg(target_os = "linux")]
mod on_a_terminal;
mod patience;
mod rotate_password;
mod secrets;
mod stand_in;
mod support;

/// Every script, with arguments that are right. All of them go through the tests that loop over this.
const SCRIPTS: [(&str, &[&str]); 6] = [
    ("bootstrap-admin.sh", &["--generate", "new.password", "brian.admin"]),
    ("export-users.sh", &[]),
    ("inactivate-user.sh", &["super.admin"]),
    ("inactivate-users.sh", &["leavers.csv"]),
    ("invite-users.sh", &["users.csv", "links.csv"]),
    ("rotate-password.sh", &["--generate", "new.password", "super.admin"]),
];

/// What is in the folder beside the scripts.
const OTHER_FILES: [&str; 2] = ["README.md", "client.sh"];

/// Where the scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/curl");

/// What the folder says about itself.
const README: &str = include_str!("../../../examples/curl/README.md");

/// The account that the scripts log in with.
const ADMIN: &str = "anna.admin";
