use std::{
    env, io,
    path::Path,
    process::{Command, Output, Stdio},
    sync::Arc,
};

use sea_orm::{Database, DatabaseConnection};
use tempfile::TempDir;
use test_database::{DatabaseKind, PostgresDatabase};

use super::PATIENCE;

/// Where the program was built.
const PROGRAM: &str = env!("CARGO_BIN_EXE_gatehouse");

/// The program, installed in a directory that goes with it, as does its database.
pub struct Program {
    directory: TempDir,
    variables: Vec<(String, String)>,
    /// `None` stands for a SQLite file in the directory, or a database of somebody else's.
    postgres: Option<Arc<PostgresDatabase>>,
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    /// The program with cheap password hashes, whose requests may wait for long, and everything else as it is shipped.
    pub fn new(database: DatabaseKind) -> Self {
        Self::with(database, &[])
    }

    /// The program with these environment variables besides.
    pub fn with(database: DatabaseKind, variables: &[(&str, &str)]) -> Self {
        Self::in_directory(tempfile::tempdir().unwrap(), database, variables)
    }

    /// The program with these environment variables besides, on a database that does not go with it.
    pub fn at(url: &str, variables: &[(&str, &str)]) -> Self {
        let url = [("APP_DATABASE__URL", url)];
        Self::on(None, tempfile::tempdir().unwrap(), &[&url, variables].concat())
    }

    /// The program in a directory that was prepared for it.
    pub fn in_directory(directory: TempDir, database: DatabaseKind, variables: &[(&str, &str)]) -> Self {
        let postgres = match database {
            DatabaseKind::Sqlite => None,
            DatabaseKind::Postgres => Some(PostgresDatabase::migrated()),
        };
        Self::on(postgres, directory, variables)
    }

    /// The program with these environment variables besides, before any migration was applied to its database.
    pub fn unmigrated(database: DatabaseKind, variables: &[(&str, &str)]) -> Self {
        let postgres = match database {
            DatabaseKind::Sqlite => None,
            DatabaseKind::Postgres => Some(PostgresDatabase::new()),
        };
        Self::on(postgres, tempfile::tempdir().unwrap(), variables)
    }

    fn on(postgres: Option<PostgresDatabase>, directory: TempDir, variables: &[(&str, &str)]) -> Self {
        let mut program = Self {
            directory,
            variables: Vec::new(),
            postgres: postgres.map(Arc::new),
        };
        if let Some(url) = program.postgres.as_ref().map(|postgres| postgres.url()) {
            program.set("APP_DATABASE__URL", &url);
        }
        let defaults = [
            ("APP_SERVER__PORT", "0"),
            // Which production asks for.
            ("APP_SERVER__TRUSTED_PROXIES", "[]"),
            ("APP_SECURITY__PASSWORD__BCRYPT_COST", "4"),
            // So many tests run at once that a request may have to wait for longer than users should.
            ("APP_DATABASE__MAX_TRANSACTION_WAIT_MILLISECONDS", "5000"),
        ];
        for (name, value) in defaults.iter().chain(variables) {
            program.set(name, value);
        }
        program
    }

    /// The program once more, configured alike and on the same PostgreSQL database, in a directory of its own.
    pub fn on_another_node(&self) -> Self {
        assert!(self.postgres.is_some(), "a SQLite file is for one directory alone");
        Self {
            directory: tempfile::tempdir().unwrap(),
            variables: self.variables.clone(),
            postgres: self.postgres.clone(),
        }
    }

    /// The PostgreSQL database of the program, if it is on one.
    pub fn postgres(&self) -> Option<&PostgresDatabase> {
        self.postgres.as_deref()
    }

    /// The database, opened past the program.
    pub async fn open_database(&self) -> DatabaseConnection {
        let url = match self.postgres() {
            Some(postgres) => postgres.url(),
            None => format!("sqlite:{}", self.directory().join("data/gatehouse.db").display()),
        };
        Database::connect(url).await.unwrap()
    }

    /// What the program cannot leave out where it names its database.
    pub fn database_name(&self) -> &str {
        self.postgres()
            .map_or("sqlite:data/gatehouse.db", PostgresDatabase::name)
    }

    /// The directory in which the program runs.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Sets another environment variable from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The program, to be started in its directory, with nothing on its standard input.
    pub fn process(&self) -> Command {
        self.configured(Command::new(PROGRAM))
    }

    fn configured(&self, mut command: Command) -> Command {
        command
            .current_dir(self.directory())
            .env_clear()
            // Where coverage is measured, that of the program counts, too.
            .envs(env::var("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)))
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// The program with these arguments, to be run in its directory.
    pub fn command(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::from_std(self.process());
        command.args(arguments).timeout(PATIENCE);
        command
    }

    /// Runs the program with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&mut self.command(arguments))
    }

    /// Another program with these arguments, found where the tests find it, to be run as this one is.
    pub fn wrapped(&self, other: &str, arguments: &[&str]) -> Command {
        let mut command = self.configured(Command::new(other));
        command
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .args(arguments);
        command
    }

    /// Runs the program with these arguments through another one, found where the tests find it.
    pub fn run_through(&self, other: &str, arguments: &[&str]) -> Outcome {
        let command = self.wrapped(other, &[&[PROGRAM], arguments].concat());
        Outcome::of(assert_cmd::Command::from_std(command).timeout(PATIENCE))
    }

    /// Runs the program with these arguments, and closes its standard output before it can print.
    pub fn run_unread(&self, arguments: &[&str]) -> Outcome {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = self.process().args(arguments).stdout(writer).output().unwrap();
        Outcome::from(output)
    }

    /// Runs the program with these arguments and a password on its standard input.
    pub fn run_with_password(&self, arguments: &[&str], password: &str) -> Outcome {
        let mut command = self.command(arguments);
        Outcome::of(command.arg("--password-stdin").write_stdin(password))
    }
}

impl Outcome {
    fn of(command: &mut assert_cmd::Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// What the program printed, having done what it should and having nothing to complain about.
    pub fn succeeded(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.stdout
    }

    /// What the program complained about, having refused to do what it should.
    pub fn refused(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        let message = self.stderr.strip_prefix("error: ");
        message.unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }

    /// What the program said about arguments that it does not understand.
    pub fn misused(self) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(2), ""), "{self:?}");
        self.stderr
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
