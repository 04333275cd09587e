//! What every test of the cookbook starts with.

use std::{
    collections::BTreeSet,
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use test_database::DatabaseKind;

use super::{ADMIN, FOLDER};
use crate::support::{Client, Outcome, PASSWORD, PATIENCE, Server};

/// The program that the scripts make a super admin with.
pub const GATEHOUSE: &str = env!("CARGO_BIN_EXE_gatehouse");

/// Every program that the scripts run, but the shell.
const PROGRAMS: &str = "cat curl dirname gatehouse grep head jq mktemp mv rm sed sleep stty tail tr";

/// Makes the programs of [`Cookbook::recording_programs`], not by this process: a file that it has open cannot be run.
const RECORDERS: &str = r##"
directory=$1 real=$2
shift 2
mkdir "$directory"
ln -s "$BASH" "$directory/bash"
cat >"$directory/recorder" <<END
#!$BASH
PATH='$real'
{ echo "\$0 \$*"; env; } >>"\$RECORD"
exec "\${0##*/}" "\$@"
END
chmod +x "$directory/recorder"
for program; do
    ln -s recorder "$directory/$program"
done
"##;

/// A server, and a directory for the scripts to be run in.
pub struct Cookbook {
    pub server: Server,
    /// A super admin, or nobody if there are no accounts.
    pub root: Client,
}

impl Cookbook {
    /// With the super admin `super.admin` and the admin that the scripts log in with.
    pub async fn new() -> Self {
        let mut cookbook = Self::without_accounts();
        cookbook.root = cookbook.server.super_admin("super.admin").await;
        cookbook.root.create(ADMIN, "admin").await;
        cookbook
    }

    /// With nobody in the database.
    pub fn without_accounts() -> Self {
        Self::of(Server::start(DatabaseKind::Sqlite))
    }

    /// On this server.
    pub fn of(server: Server) -> Self {
        let root = server.anonymous();
        let cookbook = Self { server, root };
        fs::create_dir(cookbook.path("tmp")).unwrap();
        fs::write(cookbook.path("password"), format!("{PASSWORD}\n")).unwrap();
        fs::write(
            cookbook.path("users.csv"),
            "username,role\nuser.one,user\nuser.two,user\n",
        )
        .unwrap();
        fs::write(cookbook.path("leavers.csv"), "username\nuser.one\n").unwrap();
        cookbook
    }

    /// A file in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.server.directory().join(name)
    }

    /// The text of a file that nobody but its owner can read.
    pub fn private(&self, name: &str) -> String {
        let path = self.path(name);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600,
            "{name}"
        );
        fs::read_to_string(path).unwrap()
    }

    /// The names of all files in the directory.
    pub fn files(&self) -> BTreeSet<String> {
        names(self.server.directory())
    }

    /// Makes a program for every one that the scripts run, except some, which records its arguments and its environment
    /// before it becomes the real one. Returns where they are.
    pub fn recording_programs(&self, except: &[&str]) -> PathBuf {
        let directory = self.path("programs");
        let gatehouse = Path::new(GATEHOUSE).parent().unwrap().display();
        let real = format!("{gatehouse}:{}", env::var("PATH").unwrap());
        let programs = PROGRAMS.split(' ').filter(|program| !except.contains(program));
        let made = Command::new("bash")
            .args(["-euc", RECORDERS, "bash"])
            .arg(&directory)
            .arg(real)
            .args(programs)
            .status();
        assert!(made.unwrap().success());
        directory
    }

    /// A script with these arguments, in the directory and with the environment that it needs.
    pub fn command(&self, script: &str, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = self.configured(Command::new(Path::new(FOLDER).join(script)));
        command.args(arguments);
        assert_cmd::Command::from_std(command)
    }

    /// A command in the directory and with the environment that the scripts need.
    pub fn configured(&self, mut command: Command) -> Command {
        command
            .current_dir(self.server.directory())
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap())
            .env("TMPDIR", self.path("tmp"))
            .env("RECORD", self.path("record"))
            .env("APP_SECURITY__PASSWORD__BCRYPT_COST", "4")
            .env("GATEHOUSE", GATEHOUSE)
            .env("GATEHOUSE_URL", self.server.base_url())
            .env("GATEHOUSE_USER", ADMIN)
            .env("GATEHOUSE_PASSWORD_FILE", "password");
        command
    }

    /// Runs a command with this standard input.
    pub fn outcome(&self, command: &mut assert_cmd::Command, input: &str) -> Outcome {
        let output = command.write_stdin(input).timeout(PATIENCE).output().unwrap();
        self.assert_clean();
        Outcome::from(output)
    }

    /// Runs a script with these arguments.
    pub fn run(&self, script: &str, arguments: &[&str]) -> Outcome {
        self.outcome(&mut self.command(script, arguments), "")
    }

    /// Runs a script with these arguments as the admin of this name.
    pub fn run_as(&self, username: &str, script: &str, arguments: &[&str]) -> Outcome {
        self.outcome(self.command(script, arguments).env("GATEHOUSE_USER", username), "")
    }

    /// Runs a script with these arguments against the server at `url`.
    pub fn run_against(&self, url: &str, script: &str, arguments: &[&str]) -> Outcome {
        self.outcome(self.command(script, arguments).env("GATEHOUSE_URL", url), "")
    }

    /// Asserts that no file for the time of a run is left.
    pub fn assert_clean(&self) {
        assert_eq!(names(&self.path("tmp")), BTreeSet::new());
    }

    /// Asserts that an account is logged in nowhere.
    pub fn assert_no_session_of(&self, username: &str) {
        let ended = self.server.run(&["revoke-sessions", username]).succeeded();
        assert!(ended.contains(": 0 sessions ended"), "{ended}");
    }
}

impl Drop for Cookbook {
    /// Whatever was run, it has logged out, and the server has not complained about itself.
    fn drop(&mut self) {
        let ended = self.server.run(&["revoke-sessions", ADMIN]);
        if !thread::panicking() {
            let is_unknown = ended.code == Some(1);
            assert!(is_unknown || ended.stdout.contains(": 0 sessions ended"), "{ended:?}");
            let log = self.server.log();
            assert!(!log.contains(" ERROR "), "{log}");
        }
    }
}

/// The names of what is in a directory.
pub fn names(directory: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(directory).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}
