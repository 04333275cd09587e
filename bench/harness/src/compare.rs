//! Gatehouse against the floor.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::{
    Shared,
    contestant::{Contestant, Product, Start},
    database::Kind,
    footprint::Footprint,
    instructions,
    machine::Machine,
    rounds::Versus,
    scenario::{ALIVE, COMPARED, FIRST_PAGE, ME, Pressure, Scenario},
    seed::MOST_USERS,
    server,
};

/// What a password hash costs by default.
pub const BCRYPT_COST: u32 = 12;
const COUNTED: &[Scenario] = &[ALIVE, ME, FIRST_PAGE];

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    pub shared: Shared,
    /// Users in each database.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(100..=MOST_USERS))]
    pub users: u64,
    /// Measurements of each server, from which the median is taken.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Connections of the load.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..))]
    pub connections: u32,
    /// Do not count instructions, which needs Valgrind.
    #[arg(long)]
    pub no_instructions: bool,
}

#[derive(Debug, Serialize)]
pub struct Comparison {
    pub machine: Machine,
    pub users: u64,
    pub rounds: u32,
    pub connections: u32,
    pub seconds: u32,
    pub databases: Vec<DatabaseComparison>,
}

#[derive(Debug, Serialize)]
pub struct DatabaseComparison {
    pub database: &'static str,
    pub version: String,
    pub scenarios: Vec<ScenarioComparison>,
    /// Gatehouse on `me` with something switched on, against itself without.
    pub variants: Vec<ScenarioComparison>,
    pub floor: Footprint,
    pub gatehouse: Footprint,
    /// Counted on SQLite alone.
    pub instructions: Vec<Instructions>,
}

#[derive(Debug, Serialize)]
pub struct ScenarioComparison {
    pub name: &'static str,
    pub is_read: bool,
    #[serde(flatten)]
    pub versus: Versus,
}

/// Instructions for one request.
#[derive(Debug, Serialize)]
pub struct Instructions {
    pub name: &'static str,
    pub floor: f64,
    pub gatehouse: f64,
}

pub fn compare(options: &Options) -> Result<Comparison> {
    let databases = options.shared.kinds().into_iter().map(|kind| compare_on(kind, options));
    Ok(Comparison {
        machine: Machine::this()?,
        users: options.users,
        rounds: options.rounds,
        connections: options.connections,
        seconds: options.shared.seconds,
        databases: databases.collect::<Result<_>>()?,
    })
}

fn compare_on(kind: Kind, options: &Options) -> Result<DatabaseComparison> {
    let floor = prepare(Product::Floor, kind, options, BCRYPT_COST)?;
    let gatehouse = prepare(Product::Gatehouse, kind, options, BCRYPT_COST)?;
    let version = gatehouse.place().database_version()?;
    let (mut floor_footprint, floor_server) = Footprint::of(&floor)?;
    let (mut gatehouse_footprint, gatehouse_server) = Footprint::of(&gatehouse)?;
    let pressure = Pressure {
        users: options.users,
        connections: options.connections,
        seconds: options.shared.seconds,
    };

    let mut scenarios = Vec::new();
    for scenario in COMPARED {
        let pressure = pressure.for_usual_hashes(scenario);
        let versus = Versus::measure(scenario, &floor_server, &gatehouse_server, pressure, options.rounds)?;
        scenarios.push(told(kind.name(), scenario.name, scenario.is_read, versus));
    }
    floor_footprint.see_peak(&floor_server)?;
    gatehouse_footprint.see_peak(&gatehouse_server)?;

    let metrics_address = format!("127.0.0.1:{}", server::free_port()?);
    let mut variants = Vec::new();
    for (name, setting) in [
        ("with access log", ("APP_LOGS__LEVEL", "info".to_owned())),
        ("with metrics", ("APP_SERVER__METRICS_ADDR", metrics_address)),
    ] {
        let settings = &[setting];
        let server = gatehouse.start(&Start {
            settings,
            ..Start::default()
        })?;
        let versus = Versus::measure(&ME, &gatehouse_server, &server, pressure, options.rounds)?;
        variants.push(told(kind.name(), name, ME.is_read, versus));
    }
    drop((floor_server, gatehouse_server));

    Ok(DatabaseComparison {
        database: kind.name(),
        version,
        scenarios,
        variants,
        floor: floor_footprint,
        gatehouse: gatehouse_footprint,
        instructions: if kind == Kind::Sqlite && !options.no_instructions {
            count_instructions(options)?
        } else {
            Vec::new()
        },
    })
}

fn count_instructions(options: &Options) -> Result<Vec<Instructions>> {
    let floor = prepare(Product::Floor, Kind::Sqlite, options, instructions::BCRYPT_COST)?;
    let gatehouse = prepare(Product::Gatehouse, Kind::Sqlite, options, instructions::BCRYPT_COST)?;
    let mut counted = Vec::new();
    for scenario in COUNTED {
        let instructions = Instructions {
            name: scenario.name,
            floor: instructions::of_request(&floor, scenario, options.users, None)?,
            gatehouse: instructions::of_request(&gatehouse, scenario, options.users, None)?,
        };
        eprintln!(
            "{}: {:.0} instructions against {:.0}",
            instructions.name, instructions.gatehouse, instructions.floor
        );
        counted.push(instructions);
    }
    Ok(counted)
}

fn prepare(product: Product, kind: Kind, options: &Options, bcrypt_cost: u32) -> Result<Contestant> {
    Contestant::prepare(product, &options.shared, kind, options.users, bcrypt_cost)
}

/// Prints the ratios, with what they were measured on or against.
pub fn told(heading: &str, name: &'static str, is_read: bool, versus: Versus) -> ScenarioComparison {
    let (throughput, cpu) = (versus.throughput.median, versus.cpu.median);
    eprintln!("{heading}, {name}: {throughput:.2} of the throughput for {cpu:.2} of the CPU time");
    ScenarioComparison { name, is_read, versus }
}
