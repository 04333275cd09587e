//! The benchmark: Gatehouse against the floor, against peers, and against its own size. To be run in the root of the
//! repository.

use std::{env, path::PathBuf};

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::database::Kind;

mod chart;
mod client;
mod compare;
mod contestant;
mod database;
mod footprint;
mod growth;
mod instructions;
mod machine;
mod peers;
mod place;
mod proc;
mod report;
mod rounds;
mod scenario;
mod seed;
mod server;
mod statistics;
mod svg;
mod wrk;

/// Measures Gatehouse.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Against the floor, which does the same work without layers.
    Compare(compare::Options),
    /// Against its own size: with more and more users.
    Growth(growth::Options),
    /// Against peers, which answer the same requests by frameworks of other languages.
    Peers(peers::Options),
    /// The instructions of a request, which are the same on a busy machine.
    Instructions(instructions::Options),
}

/// What all commands are told.
#[derive(Args, Clone, Debug)]
struct Shared {
    /// Databases to measure on. Default: SQLite, and PostgreSQL if `TEST_POSTGRES_URL` names a server.
    #[arg(long, value_enum)]
    database: Option<Databases>,
    /// Time of a measurement.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Folder that the results are written to.
    #[arg(long, default_value = "bench/results")]
    output: PathBuf,
    /// The program of Gatehouse.
    #[arg(long, default_value = "target/release/gatehouse")]
    gatehouse: PathBuf,
    /// The program of the floor.
    #[arg(long, default_value = "bench/target/release/floor")]
    floor: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Databases {
    Sqlite,
    Postgres,
    Both,
}

impl Shared {
    fn kinds(&self) -> Vec<Kind> {
        match self.database {
            Some(Databases::Sqlite) => vec![Kind::Sqlite],
            Some(Databases::Postgres) => vec![Kind::Postgres],
            Some(Databases::Both) => vec![Kind::Sqlite, Kind::Postgres],
            None if env::var_os("TEST_POSTGRES_URL").is_some() => vec![Kind::Sqlite, Kind::Postgres],
            None => vec![Kind::Sqlite],
        }
    }
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Compare(options) => {
            let comparison = compare::compare(&options)?;
            let table = report::of_comparison(&comparison)?;
            let chart = Some(("compare.svg", chart::of_comparison(&comparison)));
            report::publish(&options.shared.output, "", &table, &comparison, chart)
        }
        Command::Growth(options) => {
            let growth = growth::grow(&options)?;
            let table = report::of_growth(&growth)?;
            let chart = Some(("growth.svg", chart::of_growth(&growth)));
            report::publish(&options.shared.output, "-growth", &table, &growth, chart)
        }
        Command::Peers(options) => {
            let peers = peers::compare(&options)?;
            let table = report::of_peers(&peers)?;
            report::publish(&options.shared.output, "-peers", &table, &peers, None)
        }
        Command::Instructions(options) => {
            println!("{}", instructions::table(&options)?);
            Ok(())
        }
    }
}
