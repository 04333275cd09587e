//! What a server takes before anybody asks much of it.

use std::{fs, thread, time::Duration};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::{
    client,
    contestant::{Contestant, Start},
    proc,
    scenario::Scenario,
    server::Server,
    statistics::Spread,
};

const STARTS: usize = 10;
/// Until memory is looked at.
const SETTLING: Duration = Duration::from_secs(2);
/// Few and many requests: the difference is free of what the start takes.
const FEW: u32 = 200;
const MANY: u32 = 1200;
const CALLGRIND: &[&str] = &["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];

#[derive(Debug, Serialize)]
pub struct Footprint {
    pub program_bytes: u64,
    /// From the start of the process to its first answer, on a database that is ready.
    pub start_ms: Spread,
    pub idle_bytes: u64,
    /// The most memory that it had, once it has been measured.
    pub peak_bytes: u64,
}

impl Footprint {
    /// Starts the server some times, and once more for good. The peak is yet to be [told](Self::see_peak).
    pub fn of(contestant: &Contestant) -> Result<(Self, Server)> {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let server = contestant.start(&Start::default())?;
            starts.push(server.ready_after.as_secs_f64() * 1e3);
        }
        let server = contestant.start(&Start::default())?;
        thread::sleep(SETTLING);
        let footprint = Self {
            program_bytes: fs::metadata(contestant.program())?.len(),
            start_ms: Spread::of(&starts),
            idle_bytes: proc::memory(server.pid(), "VmRSS")?,
            peak_bytes: 0,
        };
        Ok((footprint, server))
    }

    pub fn see_peak(&mut self, server: &Server) -> Result<()> {
        self.peak_bytes = proc::memory(server.pid(), "VmHWM")?;
        Ok(())
    }
}

/// Instructions that the process of the server executes for one request.
pub fn instructions(contestant: &Contestant, scenario: &Scenario, users: u64) -> Result<f64> {
    let few = instructions_of(contestant, scenario, users, FEW)?;
    let many = instructions_of(contestant, scenario, users, MANY)?;
    Ok((many as f64 - few as f64) / f64::from(MANY - FEW))
}

/// Instructions from start to stop, with a number of requests in between.
fn instructions_of(contestant: &Contestant, scenario: &Scenario, users: u64, requests: u32) -> Result<u64> {
    let server = contestant.start_single(CALLGRIND)?;
    let cookie = client::log_in(&server.url())?;
    let url = scenario.url(&server, &cookie, users)?;
    client::ask_repeatedly(&url, &cookie, requests)?;
    parse_collected(&server.stop()?)
}

fn parse_collected(log: &str) -> Result<u64> {
    let (_, collected) = log
        .rsplit_once("Collected : ")
        .with_context(|| format!("no count:\n{log}"))?;
    Ok(collected.lines().next().unwrap_or_default().trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_in_what_callgrind_prints() {
        let log = "==7== Events    : Ir\n==7== Collected : 123456789\n==7== \n==7== I   refs:      123,456,789\n";

        assert_eq!(parse_collected(log).unwrap(), 123_456_789);
    }
}
