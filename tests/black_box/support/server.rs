use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use sea_orm::DatabaseConnection;
use tempfile::TempDir;
use test_database::{DatabaseKind, PostgresDatabase};

use super::{Client, Exposition, Outcome, PATIENCE, Program};

/// The password of every account that the tests make.
pub const PASSWORD: &str = "correct horse battery";

/// A running server, in a directory and on a database that go with it.
pub struct Server {
    program: Program,
    process: Child,
    base_url: String,
}

impl Server {
    /// Starts a server with cheap password hashes, and everything else as it is shipped.
    pub fn start(database: DatabaseKind) -> Self {
        Self::start_with(database, &[])
    }

    /// Starts a server with these environment variables besides.
    pub fn start_with(database: DatabaseKind, variables: &[(&str, &str)]) -> Self {
        Self::of(Program::with(database, variables))
    }

    /// Starts a server with these environment variables besides, on a database that does not go with it.
    pub fn start_at(url: &str, variables: &[(&str, &str)]) -> Self {
        Self::of(Program::at(url, variables))
    }

    /// Starts a server in a directory that was prepared for it.
    pub fn start_in(directory: TempDir, database: DatabaseKind, variables: &[(&str, &str)]) -> Self {
        Self::of(Program::in_directory(directory, database, variables))
    }

    /// Starts another server that is configured alike, on the same PostgreSQL database.
    pub fn another_node(&self) -> Self {
        Self::of(self.program.on_another_node())
    }

    /// The same, with these environment variables besides.
    pub fn another_node_with(&self, variables: &[(&str, &str)]) -> Self {
        let mut program = self.program.on_another_node();
        for (name, value) in variables {
            program.set(name, value);
        }
        Self::of(program)
    }

    /// Starts the server of a program.
    pub fn of(program: Program) -> Self {
        Self::of_command(program, &[])
    }

    /// Starts the server of a program with these arguments.
    pub fn of_command(program: Program, arguments: &[&str]) -> Self {
        let (process, base_url) = spawn(&program, arguments);
        Self {
            program,
            process,
            base_url,
        }
    }

    /// Starts the server again, on the same data, after it was [killed](Self::kill) or [stopped](Self::stop).
    pub fn restart(&mut self) {
        (self.process, self.base_url) = spawn(&self.program, &[]);
    }

    /// The same, with these environment variables besides.
    pub fn restart_with(&mut self, variables: &[(&str, &str)]) {
        for (name, value) in variables {
            self.program.set(name, value);
        }
        self.restart();
    }

    /// Ends the process at once, as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Sends the process a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(status.success());
    }

    /// Asks the process to stop and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Waits until the process has ended by itself.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not stop:\n{}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// How much memory the process takes up, as Linux tells it.
    pub fn resident_kilobytes(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim_matches(|other: char| !other.is_ascii_digit())
            .parse()
            .unwrap()
    }

    /// The directory in which the server runs.
    pub fn directory(&self) -> &Path {
        self.program.directory()
    }

    /// The PostgreSQL database of the server, if it is on one.
    pub fn postgres(&self) -> Option<&PostgresDatabase> {
        self.program.postgres()
    }

    /// The database, opened past the server.
    pub async fn open_database(&self) -> DatabaseConnection {
        self.program.open_database().await
    }

    /// What the program cannot leave out where it names its database.
    pub fn database_name(&self) -> &str {
        self.program.database_name()
    }

    /// Where the server listens, such as `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// All that the server has logged since its last start.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory().join("server.log")).unwrap()
    }

    /// The program with these arguments, run in the directory of the server and configured alike.
    pub fn command(&self, arguments: &[&str]) -> assert_cmd::Command {
        self.program.command(arguments)
    }

    /// Runs the program with these arguments beside the server.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        self.program.run(arguments)
    }

    /// Runs the program with these arguments and a password on its standard input beside the server.
    pub fn run_with_password(&self, arguments: &[&str], password: &str) -> Outcome {
        self.program.run_with_password(arguments, password)
    }

    /// A client who is not logged in.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base_url)
    }

    /// The address and port of the listener for metrics, which the server must have.
    pub fn metrics_address(&self) -> String {
        let log = self.log();
        let (_, rest) = log.split_once("metrics are served at http://").unwrap();
        rest.split_once('/').unwrap().0.to_owned()
    }

    /// A client of that listener.
    pub fn scraper(&self) -> Client {
        Client::new(&format!("http://{}", self.metrics_address()))
    }

    /// What the server tells Prometheus.
    pub async fn scrape(&self) -> Exposition {
        let answer = self.scraper().get("/metrics").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        Exposition::parse(&answer.text)
    }

    /// A client who sends this `Cookie` header with every request, whatever the answers say.
    pub fn carrying(&self, cookie: &str) -> Client {
        Client::carrying(&self.base_url, cookie)
    }

    /// A client who is logged in to an account that exists.
    pub async fn logged_in(&self, username: &str) -> Client {
        let client = self.anonymous();
        client.log_in(username, PASSWORD).await.expect(200);
        client
    }

    /// A client who is logged in as a new plain user.
    pub async fn user(&self, username: &str) -> Client {
        self.anonymous().sign_up(username, PASSWORD).await.expect(201);
        self.logged_in(username).await
    }

    /// A client who is logged in as a new admin.
    pub async fn admin(&self, username: &str) -> Client {
        let maker = format!("maker.{}", &username[..username.len().min(14)]);
        self.super_admin(&maker).await.create(username, "admin").await;
        self.logged_in(username).await
    }

    /// A client who is logged in as a new super admin.
    pub async fn super_admin(&self, username: &str) -> Client {
        self.command(&["create-super-admin", username, "--password-stdin"])
            .write_stdin(PASSWORD)
            .assert()
            .success();
        self.logged_in(username).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the program, and waits until it says where it listens.
fn spawn(program: &Program, arguments: &[&str]) -> (Child, String) {
    let log = program.directory().join("server.log");
    let mut process = program
        .process()
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let start = Instant::now();
    loop {
        let text = fs::read_to_string(&log).unwrap();
        if let Some((_, rest)) = text.split_once("listens on ")
            && let Some((base_url, _)) = rest.split_once(' ')
        {
            return (process, base_url.to_owned());
        }
        if let Some(status) = process.try_wait().unwrap() {
            panic!("the server did not start, {status}:\n{text}");
        }
        if start.elapsed() > PATIENCE {
            process.kill().unwrap();
            panic!("the server does not start:\n{text}");
        }
        thread::sleep(Duration::from_millis(10));
    }
}
