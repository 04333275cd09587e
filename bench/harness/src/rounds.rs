//! Measures in rounds, so that what else the machine does meets everybody alike.

use anyhow::Result;
use serde::Serialize;

use crate::{
    scenario::{Measurement, Pressure, Scenario},
    server::Server,
    statistics::{Spread, median},
};

/// The rounds of one server.
#[derive(Debug, Default, Serialize)]
pub struct Series(Vec<Measurement>);

/// A server against another one, in the same rounds.
#[derive(Debug, Serialize)]
pub struct Versus {
    pub base: Series,
    pub other: Series,
    /// Requests per second of the other for one of the base, round by round.
    pub throughput: Spread,
    /// CPU time of the other for that of the base, round by round.
    pub cpu: Spread,
}

/// Measures all servers in each round, in reverse order in every other one. Returns the series of each server, which is
/// empty if the scenario is not measured with its number of users.
pub fn measure_in_turns(scenario: &Scenario, servers: &[(&Server, Pressure)], rounds: u32) -> Result<Vec<Series>> {
    let mut series: Vec<_> = servers.iter().map(|_| Series::default()).collect();
    for round in 0..rounds {
        let mut turns: Vec<_> = servers.iter().zip(&mut series).collect();
        if round % 2 == 1 {
            turns.reverse();
        }
        for (&(server, pressure), series) in turns
            .into_iter()
            .filter(|((_, pressure), _)| scenario.is_measured_with(pressure.users))
        {
            series.0.push(scenario.measure(server, pressure)?);
        }
    }
    Ok(series)
}

impl Series {
    pub fn median(&self, of: impl Fn(&Measurement) -> f64) -> f64 {
        median(&self.values(of))
    }

    fn values(&self, of: impl Fn(&Measurement) -> f64) -> Vec<f64> {
        self.0.iter().map(of).collect()
    }
}

impl Versus {
    pub fn measure(
        scenario: &Scenario,
        base: &Server,
        other: &Server,
        pressure: Pressure,
        rounds: u32,
    ) -> Result<Self> {
        let servers = [(base, pressure), (other, pressure)];
        let mut series = measure_in_turns(scenario, &servers, rounds)?.into_iter();
        let (bases, others) = (series.next().unwrap_or_default(), series.next().unwrap_or_default());
        let ratios = |of: fn(&Measurement) -> f64| Spread::of_ratios(&others.values(of), &bases.values(of));
        Ok(Self {
            throughput: ratios(|measurement| measurement.requests_per_second),
            cpu: ratios(|measurement| measurement.cpu_us),
            base: bases,
            other: others,
        })
    }
}
