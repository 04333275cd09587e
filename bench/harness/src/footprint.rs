//! What a server takes before anybody asks much of it.

use std::{fs, thread, time::Duration};

use anyhow::Result;
use serde::Serialize;

use crate::{
    contestant::{Contestant, Start},
    proc,
    server::Server,
    statistics::Spread,
};

const STARTS: usize = 10;
/// Until memory is looked at.
const SETTLING: Duration = Duration::from_secs(2);

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
