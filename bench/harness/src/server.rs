//! A running server.

use std::{
    env, fs,
    fs::File,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::client;

/// With Valgrind, a start takes seconds.
const LONGEST_START: Duration = Duration::from_secs(120);

pub struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
    /// From when it was spawned to when it first answered.
    pub ready_after: Duration,
}

impl Server {
    /// Spawns the command, which listens on `port`, and waits until `ready_path` answers. What it prints goes to a file
    /// in `folder`.
    pub fn start(mut command: Command, port: u16, ready_path: &str, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{port}.log"));
        let file = File::create(&log)?;
        command.stdout(file.try_clone()?).stderr(file);
        let start = Instant::now();
        let child = command.spawn().with_context(|| format!("{command:?}"))?;
        let mut server = Self {
            child,
            port,
            log,
            ready_after: Duration::ZERO,
        };
        while !client::answers(port, ready_path) {
            if server.child.try_wait()?.is_some() || start.elapsed() > LONGEST_START {
                bail!("the server did not start:\n{}", server.log());
            }
            thread::sleep(Duration::from_millis(1));
        }
        server.ready_after = start.elapsed();
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Stops it, and returns all that it has printed.
    pub fn stop(mut self) -> Result<String> {
        self.terminate()?;
        Ok(self.log())
    }

    fn terminate(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_none() {
            Command::new("kill").arg(self.child.id().to_string()).status()?;
            self.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.terminate() {
            eprintln!("process {} is left behind: {error:#}", self.pid());
        }
    }
}

/// A command that knows nothing of how its caller configures Gatehouse.
pub fn command(program: impl AsRef<Path>, folder: &Path) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("APP_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
}

pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
