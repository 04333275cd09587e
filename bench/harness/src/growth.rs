//! Gatehouse against its own size.

use std::{fs::File, path::PathBuf};

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::{
    Shared,
    contestant::{Contestant, Product, Start},
    database::{DiskSize, Kind},
    machine::Machine,
    rounds::{Series, measure_in_turns},
    scenario::{GROWING, ME, Measurement, Pressure},
    seed::{self, MOST_USERS},
};

/// The lowest cost, so that bcrypt does not hide the time that the database takes for log-ins and sign-ups.
const BCRYPT_COST: u32 = 4;
/// Covers the first purge, which begins within ten seconds of the start.
const PURGE_SECONDS: u32 = 15;

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    pub shared: Shared,
    /// Numbers of users to measure with.
    #[arg(
        long,
        value_delimiter = ',',
        default_values_t = [1000, 10_000, 100_000, 1_000_000],
        value_parser = clap::value_parser!(u64).range(100..=MOST_USERS),
    )]
    pub sizes: Vec<u64>,
    /// Measurements, from which the median is taken.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// File to lock while measuring, but not while seeding, on a machine that others measure on.
    #[arg(long)]
    pub lock: Option<PathBuf>,
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
    /// Before anything is measured.
    pub disk: DiskSize,
    pub scenarios: Vec<ScenarioTime>,
    /// `me` in the first seconds of a server, with nothing to purge.
    pub calm: Measurement,
    /// The same while half of the sessions are purged.
    pub purging: Measurement,
}

#[derive(Debug, Serialize)]
pub struct ScenarioTime {
    pub name: &'static str,
    /// `None` if the scenario is not measured with this number of users.
    pub p50_us: Option<f64>,
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
    let prepared = options.sizes.iter().map(|&users| {
        eprintln!("{}, {users} users", kind.name());
        let contestant = Contestant::prepare(Product::Gatehouse, &options.shared, kind, users, BCRYPT_COST)?;
        let disk = contestant
            .place()
            .with_connection(async |connection| connection.disk_size().await)?;
        Ok((users, contestant, disk))
    });
    let prepared = prepared.collect::<Result<Vec<_>>>()?;
    let lock = options.lock.as_ref().map(File::create).transpose()?;
    if let Some(lock) = &lock {
        lock.lock()?;
    }

    let servers = prepared
        .iter()
        .map(|(_, contestant, _)| contestant.start(&Start::default()));
    let servers = servers.collect::<Result<Vec<_>>>()?;
    let pressures = options.sizes.iter().map(|&users| alone(users, options.shared.seconds));
    let asked: Vec<_> = servers.iter().zip(pressures).collect();
    let mut scenarios: Vec<_> = options.sizes.iter().map(|_| Vec::new()).collect();
    for scenario in GROWING {
        let series = measure_in_turns(scenario, &asked, options.rounds)?;
        for ((rounds, times), users) in series.into_iter().zip(&mut scenarios).zip(&options.sizes) {
            let p50_us = rounds.median(|measurement| measurement.p50_us);
            eprintln!("  {}, {users} users: {p50_us} µs", scenario.name);
            times.push(ScenarioTime {
                name: scenario.name,
                p50_us: p50_us.is_finite().then_some(p50_us),
                rounds,
            });
        }
    }
    drop(servers);

    let mut growth = DatabaseGrowth {
        database: kind.name(),
        version: String::new(),
        sizes: Vec::new(),
    };
    for ((users, contestant, disk), scenarios) in prepared.into_iter().zip(scenarios) {
        growth.version = contestant.place().database_version()?;
        growth.sizes.push(Size {
            users,
            disk,
            scenarios,
            calm: measure_start(&contestant, users)?,
            purging: {
                seed::expire_half_of_the_sessions(contestant.place())?;
                measure_start(&contestant, users)?
            },
        });
    }
    Ok(growth)
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
