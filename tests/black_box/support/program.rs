use std::{
    env, io,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use super::PATIENCE;

/// Where the program was built.
const PROGRAM: &str = env!("CARGO_BIN_EXE_gatehouse");

/// The program, installed in a directory that goes with it.
pub struct Program {
    directory: TempDir,
    variables: Vec<(String, String)>,
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    /// The program with cheap password hashes, and everything else as it is shipped.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The program with these environment variables besides.
    pub fn with(variables: &[(&str, &str)]) -> Self {
        Self::in_directory(tempfile::tempdir().unwrap(), variables)
    }

    /// The program in a directory that was prepared for it.
    pub fn in_directory(directory: TempDir, variables: &[(&str, &str)]) -> Self {
        let defaults = [("APP_SERVER__PORT", "0"), ("APP_SECURITY__PASSWORD__BCRYPT_COST", "4")];
        let variables = defaults.iter().chain(variables);
        Self {
            directory,
            variables: variables
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
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

    /// Runs the program with these arguments through another one, found where the tests find it.
    pub fn run_through(&self, other: &str, arguments: &[&str]) -> Outcome {
        let mut command = self.configured(Command::new(other));
        command
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .arg(PROGRAM)
            .args(arguments);
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
