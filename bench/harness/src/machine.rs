//! On what was measured.

use std::{fs, process::Command, thread};

use anyhow::Result;
use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Machine {
    pub cores: usize,
    pub cpu: String,
    pub kernel: String,
    pub rustc: String,
    pub wrk: String,
    pub commit: String,
}

impl Machine {
    pub fn this() -> Result<Self> {
        let cpus = fs::read_to_string("/proc/cpuinfo")?;
        let model = cpus.lines().filter_map(|line| line.split_once(':'));
        let model = model.into_iter().find(|(key, _)| key.trim() == "model name");
        Ok(Self {
            cores: thread::available_parallelism()?.get(),
            cpu: model.map_or_else(String::new, |(_, name)| name.trim().to_owned()),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            rustc: first_line("rustc", &["--version"])?,
            wrk: first_line("wrk", &["--version"])?,
            commit: first_line("git", &["describe", "--always", "--dirty", "--abbrev=12"])?,
        })
    }

    pub fn describe(&self) -> String {
        let Self {
            cores,
            cpu,
            kernel,
            rustc,
            commit,
            ..
        } = self;
        format!("Commit {commit}; {cores} cores of {cpu}, Linux {kernel}, {rustc}.")
    }
}

/// What a program prints first. wrk tells its version with a status that is not zero.
fn first_line(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}
