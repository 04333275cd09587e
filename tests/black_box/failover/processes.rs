//! The programs of a cluster, each in the foreground, and all processes of a user.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A program that ends with the test.
pub struct Daemon(Child);

impl Daemon {
    /// Starts a program, as a user of the operating system if it is given one, which logs to this file.
    pub fn start(mut command: Command, user: Option<u32>, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        if let Some(user) = user {
            command.uid(user).gid(user);
        }
        Self(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Waits for the end of a program that was killed.
    pub fn reap(&mut self) {
        self.0.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A user of the operating system who runs nothing but what the test has started.
#[derive(Clone, Copy)]
pub struct User(pub u32);

impl User {
    /// Sends a signal to every process of the user, and to those that they start meanwhile.
    pub fn signal(self, name: &str) {
        for _ in 0..3 {
            let processes = self.processes();
            if processes.is_empty() {
                return;
            }
            // One that has ended needs no signal.
            let _ = Command::new("kill").args(["-s", name]).args(processes).output();
        }
    }

    /// Returns the processes of the user, apart from those that ended and were not waited for.
    pub fn processes(self) -> Vec<String> {
        let owned = format!("\nUid:\t{0}\t{0}\t", self.0);
        let entries = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap());
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let processes = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        let owns = |process: &String| {
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            status.contains(&owned) && !status.contains("\nState:\tZ")
        };
        processes.filter(owns).collect()
    }
}

/// Runs a command that must succeed.
pub fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
