//! The instructions of a request, as Valgrind counts them: the same on a busy machine.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    Shared, client,
    contestant::{Contestant, Product},
    scenario::{ALIVE, FIRST_PAGE, ME, Scenario, VERIFY},
};

/// The least that bcrypt allows: under Valgrind, a hash takes fifty times as long.
pub const BCRYPT_COST: u32 = 4;
/// Few and many requests: the difference is free of what the start takes.
const FEW: u32 = 200;
const MANY: u32 = 1200;
const COUNTED: &[Scenario] = &[ALIVE, ME, VERIFY, FIRST_PAGE];

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    pub shared: Shared,
    /// Users in each database.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(100..10_000_000))]
    pub users: u64,
    /// Folder for the profile of each request, for `callgrind_annotate`; the program must have symbols.
    #[arg(long)]
    pub profiles: Option<PathBuf>,
}

/// Counts the instructions of Gatehouse for each request on each database. Returns them as a table.
pub fn table(options: &Options) -> Result<String> {
    let mut table = "| request | database | instructions |\n| --- | --- | ---: |\n".to_owned();
    for kind in options.shared.kinds() {
        let gatehouse = Contestant::prepare(Product::Gatehouse, &options.shared, kind, options.users, BCRYPT_COST)?;
        for scenario in COUNTED {
            let profile = options.profiles.as_ref().map(|folder| {
                let name = format!("{}-{}.callgrind", scenario.name.replace(' ', "-"), kind.name());
                folder.join(name)
            });
            let count = of_request(&gatehouse, scenario, options.users, profile)?;
            let row = format!("| {} | {} | {count:.0} |\n", scenario.name, kind.name());
            eprint!("{row}");
            table += &row;
        }
    }
    Ok(table)
}

/// Counts the instructions that the process of the server executes for one request.
pub fn of_request(contestant: &Contestant, scenario: &Scenario, users: u64, profile: Option<PathBuf>) -> Result<f64> {
    let few = count(contestant, scenario, users, FEW, None)?;
    let many = count(contestant, scenario, users, MANY, profile)?;
    Ok((many as f64 - few as f64) / f64::from(MANY - FEW))
}

/// Counts the instructions from start to stop, with a number of requests in between.
fn count(
    contestant: &Contestant,
    scenario: &Scenario,
    users: u64,
    requests: u32,
    profile: Option<PathBuf>,
) -> Result<u64> {
    let profile = match profile {
        Some(path) => std::path::absolute(path)?,
        None => PathBuf::from("/dev/null"),
    };
    let output = format!("--callgrind-out-file={}", profile.display());
    let server = contestant.start_single(&["valgrind", "--tool=callgrind", &output])?;
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
