//! What Linux tells of a process.

use std::{fs, time::Duration};

use anyhow::{Context, Result};

/// The unit of CPU time in `/proc`, which is the same on all Linux that Rust runs on.
const TICK: Duration = Duration::from_millis(10);

/// CPU time that a process and its workers have used by now, in steps of 10 ms.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let pids = with_workers(pid)?.into_iter();
    pids.map(|pid| parse_cpu_time(&fs::read_to_string(format!("/proc/{pid}/stat"))?))
        .sum()
}

/// Bytes by a name of `/proc/<pid>/status`: `VmRSS` for what is resident now, `VmHWM` for the most that ever was.
pub fn memory(pid: u32, name: &str) -> Result<u64> {
    parse_memory(&fs::read_to_string(format!("/proc/{pid}/status"))?, name)
}

/// Bytes of a process and its workers. Those that several of them share count once.
pub fn memory_of_all(pid: u32) -> Result<u64> {
    let pids = with_workers(pid)?.into_iter();
    pids.map(|pid| parse_memory(&fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?, "Pss"))
        .sum()
}

/// A process, the workers that its main thread started, and theirs.
fn with_workers(pid: u32) -> Result<Vec<u32>> {
    let mut pids = vec![pid];
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    for child in children.split_ascii_whitespace() {
        pids.extend(with_workers(child.parse()?)?);
    }
    Ok(pids)
}

fn parse_cpu_time(stat: &str) -> Result<Duration> {
    // The name in parentheses may contain anything; the numbers come after it.
    let (_, fields) = stat.rsplit_once(") ").context("no fields")?;
    let ticks: u32 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(str::parse::<u32>)
        .sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

fn parse_memory(status: &str, name: &str) -> Result<u64> {
    let lines = status.lines().filter_map(|line| line.split_once(':'));
    let (_, size) = lines
        .into_iter()
        .find(|(key, _)| *key == name)
        .context("no such size")?;
    let kibibytes: u64 = size.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_that_of_user_and_system_whatever_the_name() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 0 0 120 35 7 8 20 0 9 0 100 1 2\n";

        assert_eq!(parse_cpu_time(stat).unwrap(), Duration::from_millis(1550));
    }

    #[test]
    fn memory_is_in_bytes() {
        let status = "Name:\tgatehouse\nVmHWM:\t   2048 kB\nVmRSS:\t    1024 kB\n";

        assert_eq!(parse_memory(status, "VmHWM").unwrap(), 2 << 20);
        assert_eq!(parse_memory(status, "VmRSS").unwrap(), 1 << 20);
    }
}
