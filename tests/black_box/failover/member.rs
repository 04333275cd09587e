//! A PostgreSQL server under Patroni, with a user of the operating system and a loopback address of its own.

use std::{fs, net::Ipv4Addr, path::Path, process::Command};

use super::processes::{Daemon, User, run};
use crate::support::Page;

/// Has the configuration of the cluster.
pub const GUIDE: &str = "docs/operate/failover.md";
/// Of `games`, `uucp` and `news`, who run nothing.
const USERS: [u32; 3] = [5, 10, 9];

/// A server with its Patroni.
pub struct Member {
    pub name: String,
    pub address: Ipv4Addr,
    pub postgres_port: u16,
    pub patroni_port: u16,
    pub user: User,
    pub patroni: Daemon,
    pub directory: String,
}

impl Member {
    /// Starts a server with the configuration of the guide. The ports are those of PostgreSQL and Patroni.
    pub fn start(at: usize, ports: (u16, u16), etcd: u16, directory: &Path) -> Self {
        let (postgres_port, patroni_port) = ports;
        let (number, user) = (at + 1, User(USERS[at]));
        assert!(user.processes().is_empty(), "user {} runs something", user.0);
        let address = Ipv4Addr::new(127, 0, 0, u8::try_from(10 + number).unwrap());
        let directory = directory.join(format!("db{number}")).display().to_string();
        fs::create_dir(&directory).unwrap();
        let config = Page::read(GUIDE).blocks_in("yaml");
        let config = [
            ("db1", &*format!("db{number}")),
            ("10.0.0.21:8008", &format!("{address}:{patroni_port}")),
            ("10.0.0.21:5432", &format!("{address}:{postgres_port}")),
            ("10.0.0.20:2379", &format!("127.0.0.1:{etcd}")),
            ("10.0.0.0/24", "127.0.0.0/8"),
            ("postgres peer", "postgres trust"),
            ("/var/lib/postgresql/15/gatehouse", &format!("{directory}/data")),
            ("/usr/lib/postgresql/15/bin", &programs()),
            ("/run/postgresql", &directory),
            ("    - locale: C\n", "    - locale: C\n    - no-sync\n"),
        ]
        .iter()
        .fold(config, |config, (from, to)| replace_all(&config, from, to));
        fs::write(format!("{directory}/config.yml"), config).unwrap();
        run("chown", &["-R", &format!("{0}:{0}", user.0), &directory]);
        let file = format!("{directory}/config.yml");
        let patroni = start_patroni(&file, user, &directory);
        Self {
            name: format!("db{number}"),
            address,
            postgres_port,
            patroni_port,
            user,
            patroni,
            directory,
        }
    }

    /// Starts the Patroni of the server anew.
    pub fn start_patroni(&self) -> Daemon {
        start_patroni(&format!("{}/config.yml", self.directory), self.user, &self.directory)
    }

    /// The address of something that Patroni offers.
    pub fn patroni(&self, path: &str) -> String {
        format!("http://{}:{}/{path}", self.address, self.patroni_port)
    }

    /// Executes a statement as the superuser, for 5 s at most. Returns what it found, or the error.
    pub fn execute(&self, database: &str, statement: &str) -> Result<String, String> {
        let mut command = Command::new("timeout");
        let port = self.postgres_port.to_string();
        command.args([
            "5",
            "psql",
            "-XAtq",
            "-h",
            &self.directory,
            "-p",
            &port,
            "-U",
            "postgres",
        ]);
        let output = command.args(["-d", database, "-c", statement]).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    }
}

fn start_patroni(config: &str, user: User, directory: &str) -> Daemon {
    let mut command = Command::new("patroni");
    command.arg(config).current_dir(directory).env("HOME", directory);
    Daemon::start(command, Some(user.0), &Path::new(directory).join("log"))
}

/// Where Debian has the programs of PostgreSQL.
fn programs() -> String {
    let versions = fs::read_dir("/usr/lib/postgresql").unwrap();
    let newest = versions.map(|entry| entry.unwrap().path()).max().unwrap();
    newest.join("bin").display().to_string()
}

/// Replaces a part of a configuration, which must have it.
pub fn replace_all(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{GUIDE}: {from:?} is not in\n{text}");
    text.replace(from, to)
}
