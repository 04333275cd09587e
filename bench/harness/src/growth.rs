//! Gatehouse against its own size.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::{
    Shared,
    contestant::{Contestant, Product, Start},
    database::Kind,
    machine::Machine,
    rounds::Series,
    scenario::{GROWING, ME, Measurement, Pressure},
    seed::{self, MOST_USERS},
};

/// Log-ins are not measured here.
const BCRYPT_COST: u32 = 4;
/// Covers the first purge, which begins within ten seconds of the start.
const PURGE_SECONDS: u32 = 15;

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    pub shared: Shared,
    /// Numbers of users to measure with.
    #[arg(long, value_delimiter = ',', default_values_t = [1000, 10_000, 100_000, 1_000_000], value_parser = clap::value_parser!(u64).range(100..=MOST_USERS))]
    pub sizes: Vec<u64>,
    /// Measurements, from which the median is taken.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
}

#[derive(Debug, Serialize)]
pub struct Growth {
    pub machine: Machine,
    pub rounds: u32,
    pub seconds: u32,
    pub databases: Vec<DatabaseGrowth>,
}

#[derive(Debug, Serialize)]
pub struct DatabaseGrowth {
    pub database: &'static str,
    pub version: String,
    pub sizes: Vec<Size>,
}

/// What was measured with one number of users.
#[derive(Debug, Serialize)]
pub struct Size {
    pub users: u64,
    pub scenarios: Vec<ScenarioTime>,
    /// `me` in the first seconds of a server, with nothing to purge.
    pub calm: Measurement,
    /// The same while half of the sessions are purged.
    pub purging: Measurement,
}

#[derive(Debug, Serialize)]
pub struct ScenarioTime {
    pub name: &'static str,
    pub p50_us: f64,
    pub rounds: Series,
}

pub fn grow(options: &Options) -> Result<Growth> {
    let databases = options.shared.kinds().into_iter().map(|kind| grow_on(kind, options));
    Ok(Growth {
        machine: Machine::this()?,
        rounds: options.rounds,
        seconds: options.shared.seconds,
        databases: databases.collect::<Result<_>>()?,
    })
}

fn grow_on(kind: Kind, options: &Options) -> Result<DatabaseGrowth> {
    let mut growth = DatabaseGrowth {
        database: kind.name(),
        version: String::new(),
        sizes: Vec::new(),
    };
    for &users in &options.sizes {
        eprintln!("{}, {users} users", kind.name());
        let contestant = Contestant::prepare(Product::Gatehouse, &options.shared, kind, users, BCRYPT_COST)?;
        growth.version = contestant.place().database_version()?;
        growth.sizes.push(Size {
            users,
            scenarios: measure(&contestant, users, options)?,
            calm: measure_start(&contestant, users)?,
            purging: {
                seed::expire_half_of_the_sessions(contestant.place())?;
                measure_start(&contestant, users)?
            },
        });
    }
    Ok(growth)
}

fn measure(contestant: &Contestant, users: u64, options: &Options) -> Result<Vec<ScenarioTime>> {
    let server = contestant.start(&Start::default())?;
    let pressure = alone(users, options.shared.seconds);
    let measured = GROWING.iter().map(|scenario| {
        let rounds = Series::measure(scenario, &server, pressure, options.rounds)?;
        let p50_us = rounds.median(|measurement| measurement.p50_us);
        eprintln!("  {}: {p50_us} µs", scenario.name);
        Ok(ScenarioTime {
            name: scenario.name,
            p50_us,
            rounds,
        })
    });
    measured.collect()
}

/// `me` from the start of a server on.
fn measure_start(contestant: &Contestant, users: u64) -> Result<Measurement> {
    let server = contestant.start(&Start::default())?;
    ME.measure(&server, alone(users, PURGE_SECONDS))
}

/// One client, so that nothing but the work itself takes time.
fn alone(users: u64, seconds: u32) -> Pressure {
    Pressure {
        users,
        connections: 1,
        seconds,
    }
}
