//! What the scripts ask and show on a terminal, which `script` of util-linux makes.

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use rstest::rstest;

use super::{ADMIN, FOLDER, support::Cookbook};
use crate::support::{PASSWORD, PATIENCE};

#[tokio::test]
#[ignore = "needs bash, curl, jq and script"]
async fn passwords_are_asked_for_without_echo_and_new_ones_twice() {
    let cookbook = Cookbook::without_accounts();
    let server = &cookbook.server;
    let log_in = async || server.anonymous().log_in("brian.admin", "admin password").await;
    let mut terminal = Terminal::start(&cookbook, "bootstrap-admin.sh", "brian.admin", "root.admin");
    terminal.answer("Password of root.admin: ", "root password");
    terminal.answer("Once more: ", "root password");
    terminal.answer("New password of brian.admin: ", "admin password");
    terminal.answer("Once more: ", "admin password");
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("brian.admin (") && !shown.contains("t password"),
        "{shown}"
    );
    assert!(!shown.contains("n password"), "{shown}");
    log_in().await.expect(200);

    let mut terminal = Terminal::start(&cookbook, "rotate-password.sh", "brian.admin", "root.admin");
    terminal.answer("Password of root.admin: ", "root password");
    terminal.answer("New password of brian.admin: ", "another password");
    terminal.answer("Once more: ", "mistyped password");
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(1));
    assert!(shown.contains("error: the two are not the same"), "{shown}");
    log_in().await.expect(200);
    cookbook.assert_no_session_of("root.admin");
}

#[rstest]
#[case("y", 0, "brian is inactive now")]
#[case("n", 1, "error: nothing was done")]
#[case("", 1, "error: nothing was done")]
#[case("\u{3}", 130, "")]
#[tokio::test]
#[ignore = "needs bash, curl, jq and script"]
async fn a_leaver_is_shut_out_only_if_it_is_confirmed(#[case] reply: &str, #[case] expected: i32, #[case] said: &str) {
    let cookbook = Cookbook::new().await;
    let brian = cookbook.server.user("brian").await;
    let mut terminal = Terminal::start(&cookbook, "inactivate-user.sh", "brian", ADMIN);
    terminal.answer("Password of anna.admin: ", PASSWORD);
    terminal.answer("Go on? [y/N] ", reply);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(expected), "{shown}");
    assert!(shown.contains("brian (") && shown.contains(said), "{shown}");
    assert_eq!(brian.me().await.status == 200, expected != 0);

    let brian = cookbook.root.change("reactivate", "brian").await.expect(200);
    let mut terminal = Terminal::start(&cookbook, "inactivate-user.sh", "--yes brian", ADMIN);
    terminal.answer("Password of anna.admin: ", PASSWORD);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{brian}: {shown}");
}

#[rstest]
#[case("1", 0, "1 erased, 0 failed")]
#[case("y", 1, "error: nothing was done")]
#[tokio::test]
#[ignore = "needs bash, curl, jq and script"]
async fn leavers_are_erased_only_if_their_number_is_typed(
    #[case] reply: &str,
    #[case] expected: i32,
    #[case] said: &str,
) {
    let cookbook = Cookbook::new().await;
    cookbook.root.create("user.one", "user").await;
    let mut terminal = Terminal::start(&cookbook, "inactivate-users.sh", "--erase leavers.csv", ADMIN);
    terminal.answer("Password of anna.admin: ", PASSWORD);
    terminal.answer("Type their number to go on: ", reply);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(expected), "{shown}");
    assert!(shown.contains("user.one (") && shown.contains(said), "{shown}");
    assert_eq!(cookbook.root.find("user.one").await.is_empty(), expected == 0);
}

/// A script on a terminal of its own.
struct Terminal<'a> {
    cookbook: &'a Cookbook,
    process: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
    shown: String,
}

impl<'a> Terminal<'a> {
    fn start(cookbook: &'a Cookbook, script: &str, arguments: &str, username: &str) -> Self {
        let mut command = cookbook.configured(Command::new("timeout"));
        let mut process = command
            .args(["--foreground", &PATIENCE.as_secs().to_string()])
            .args(["script", "--quiet", "--return", "--flush", "--command"])
            .args([&format!("exec '{FOLDER}/{script}' {arguments}"), "/dev/null"])
            .env("GATEHOUSE_USER", username)
            .env_remove("GATEHOUSE_PASSWORD_FILE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            cookbook,
            keyboard: process.stdin.take().unwrap(),
            screen: process.stdout.take().unwrap(),
            process,
            shown: String::new(),
        }
    }

    /// Waits for a question at the end of what is shown, and types a line.
    fn answer(&mut self, question: &str, line: &str) {
        let mut buffer = [0; 4096];
        while !self.shown.ends_with(question) {
            let length = self.screen.read(&mut buffer).unwrap();
            assert!(length > 0, "{question} is not asked: {}", self.shown);
            self.shown.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
        self.keyboard.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// The exit status, and all that was shown.
    fn end(mut self) -> (Option<i32>, String) {
        self.screen.read_to_string(&mut self.shown).unwrap();
        let status = self.process.wait().unwrap();
        self.cookbook.assert_clean();
        (status.code(), self.shown)
    }
}
