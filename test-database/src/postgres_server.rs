use std::{
    env, fs,
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::client;

/// How long a test waits for a server.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A separate PostgreSQL server for a test, which can be stopped, frozen and replicated.
///
/// It needs the programs of PostgreSQL, on the `PATH` or where Debian installs them.
#[derive(Debug)]
pub struct PostgresServer {
    directory: TempDir,
    port: u16,
}

/// A server whose processes are stopped until this is dropped.
#[derive(Debug)]
pub struct FrozenServer {
    processes: Vec<String>,
}

impl PostgresServer {
    /// Starts a server with an empty database.
    pub fn start() -> Self {
        let server = Self::prepare();
        let data = server.data();
        run(
            "initdb",
            &["--auth=trust", "--username=gatehouse", "--no-sync", "-D", &data],
        );
        server.resume();
        client::block_on(client::execute(&server.url_of("postgres"), "CREATE DATABASE gatehouse"));
        server
    }

    /// Starts a physical replica of this server.
    pub fn replicate(&self) -> Self {
        let replica = Self::prepare();
        let (port, data) = (self.port.to_string(), replica.data());
        let source = ["-h", "127.0.0.1", "-p", &port, "-U", "gatehouse"];
        let target = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "-D", &data];
        run("pg_basebackup", &[&source[..], &target].concat());
        replica.resume();
        replica
    }

    /// Returns the address of the database on this server.
    pub fn url(&self) -> String {
        self.url_of("gatehouse")
    }

    /// Stops the server. `mode` is that of `pg_ctl`: `fast` shuts down cleanly, `immediate` is a crash.
    pub fn stop(&self, mode: &str) {
        run("pg_ctl", &["stop", "-w", "-m", mode, "-D", &self.data()]);
    }

    /// Starts the server again after it was stopped.
    pub fn resume(&self) {
        let log = self.path("server.log");
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''",
            self.port
        );
        run(
            "pg_ctl",
            &["start", "-w", "-l", &log, "-o", &settings, "-D", &self.data()],
        );
    }

    /// Stops the processes of the server. Its connections stay open, but nothing answers.
    pub fn freeze(&self) -> FrozenServer {
        let file = fs::read_to_string(self.path("data/postmaster.pid")).unwrap();
        let postmaster = file.lines().next().unwrap();
        let mut frozen = FrozenServer {
            processes: vec![postmaster.to_owned()],
        };
        // Stop the parent first, so that it starts no more children.
        frozen.signal("STOP");
        let children = Command::new("pgrep").args(["-P", postmaster]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        frozen.processes.extend(children.lines().map(ToOwned::to_owned));
        frozen.signal("STOP");
        frozen
    }

    /// Runs statements that return no rows.
    pub async fn execute(&self, statements: &str) {
        client::execute(&self.url(), statements).await;
    }

    /// Waits until a query finds a row.
    pub async fn wait_until(&self, query: &str) {
        let start = Instant::now();
        // On a replica even the table may not exist yet.
        while !client::finds(&self.url(), query).await.unwrap_or_default() {
            assert!(start.elapsed() < TIMEOUT, "{query} finds nothing");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn prepare() -> Self {
        let directory = tempfile::tempdir().unwrap();
        if is_root(directory.path()) {
            let chown = Command::new("chown").arg("postgres").arg(directory.path()).status();
            assert!(chown.unwrap().success());
        }
        // The port is free now, and most likely still is in a moment.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { directory, port }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    fn data(&self) -> String {
        self.path("data")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://gatehouse@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // It may already have been stopped.
        let _ = command("pg_ctl", &["stop", "-m", "immediate", "-D", &self.data()]).output();
    }
}

impl FrozenServer {
    fn signal(&self, name: &str) {
        // A process that has ended needs no signal.
        let _ = Command::new("kill").args(["-s", name]).args(&self.processes).output();
    }
}

impl Drop for FrozenServer {
    fn drop(&mut self) {
        self.signal("CONT");
    }
}

/// Runs a program of PostgreSQL to completion.
fn run(program: &str, arguments: &[&str]) {
    // The started server would keep a pipe open.
    let status = command(program, arguments).stdout(Stdio::null()).status();
    assert!(status.unwrap().success(), "{program} {arguments:?}");
}

/// Returns the command for a program of PostgreSQL, which never runs as root.
fn command(program: &str, arguments: &[&str]) -> Command {
    let program = installed(program);
    let mut command = if is_root(Path::new("/proc/self")) {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(arguments).current_dir("/").stdin(Stdio::null());
    command
}

/// Returns the path of a program of PostgreSQL.
fn installed(program: &str) -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = debian.map(|version| version.unwrap().path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = debian.chain(env::split_paths(&path));
    folders
        .find_map(|folder| Some(folder.join(program)).filter(|file| file.is_file()))
        .unwrap_or_else(|| panic!("{program} is not installed: it comes with the server of PostgreSQL"))
}

/// Returns whether root owns this path.
fn is_root(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.uid() == 0)
}
