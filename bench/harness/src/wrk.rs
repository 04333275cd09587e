//! wrk, which makes the load.

use std::{fs, process::Command, process::Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tempfile::TempDir;

const COMMON: &str = include_str!("../lua/common.lua");
pub const CHANGE_ROLES: &str = include_str!("../lua/change_roles.lua");
pub const LOG_IN: &str = include_str!("../lua/log_in.lua");
pub const SIGN_UP: &str = include_str!("../lua/sign_up.lua");
/// Asks for the same address again and again.
pub const GET: &str = "";

pub struct Load<'a> {
    pub url: &'a str,
    pub cookie: &'a str,
    /// One of the scripts above.
    pub script: &'a str,
    /// The number of seeded users, an argument of the script.
    pub users: u64,
    /// The number of the run, an argument of the script.
    pub run: u32,
    pub connections: u32,
    pub seconds: u32,
}

/// What wrk saw.
#[derive(Debug, PartialEq, Deserialize)]
pub struct Outcome {
    pub requests: u64,
    pub duration_us: u64,
    pub p50_us: u64,
    pub p99_us: u64,
    /// Answers that were not 2xx.
    refused: u64,
    /// Requests without an answer.
    broken: u64,
}

impl Outcome {
    pub fn requests_per_second(&self) -> f64 {
        self.requests as f64 * 1e6 / self.duration_us as f64
    }
}

impl Load<'_> {
    /// Fails if any request does.
    pub fn run(&self) -> Result<Outcome> {
        let folder = TempDir::new()?;
        let script = folder.path().join("script.lua");
        fs::write(&script, format!("{COMMON}\n{}", self.script))?;
        let output = Command::new("wrk")
            .args(["-t1", "--timeout", "60s", "-H", &format!("cookie: {}", self.cookie)])
            .args([
                "-c",
                &self.connections.to_string(),
                "-d",
                &format!("{}s", self.seconds),
                "-s",
            ])
            .arg(script)
            .args([self.url, &self.users.to_string(), &self.run.to_string()])
            .stderr(Stdio::inherit())
            .output()
            .context("wrk cannot be run")?;
        let outcome = parse(&String::from_utf8_lossy(&output.stdout))?;
        ensure!(
            outcome.requests > 0,
            "{} answered nothing within {} s: measure for more --seconds",
            self.url,
            self.seconds,
        );
        ensure!(
            outcome.refused + outcome.broken == 0,
            "of {} requests to {}, {} were refused and {} broke",
            outcome.requests,
            self.url,
            outcome.refused,
            outcome.broken,
        );
        Ok(outcome)
    }
}

/// Finds the line of `common.lua` in what wrk prints.
fn parse(output: &str) -> Result<Outcome> {
    let line = output.lines().find(|line| line.starts_with('{'));
    Ok(serde_json::from_str(
        line.with_context(|| format!("wrk told no outcome: {output}"))?,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_found_among_what_wrk_prints() {
        let output = "Running 1s test @ http://127.0.0.1:8000/\n  2 requests in 1.00s\n\
                      {\"requests\":500,\"duration_us\":2000000,\"p50_us\":90,\"p99_us\":410,\"refused\":1,\"broken\":2}\n";

        let outcome = parse(output).unwrap();

        assert_eq!(
            (outcome.p50_us, outcome.p99_us, outcome.refused, outcome.broken),
            (90, 410, 1, 2)
        );
        assert_eq!(outcome.requests_per_second(), 250.0);
    }

    #[test]
    fn no_outcome_is_an_error() {
        assert!(parse("unable to connect to 127.0.0.1:1 Connection refused\n").is_err());
    }
}
