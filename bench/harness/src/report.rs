//! What was measured, in files: tables in Markdown, and all numbers in JSON.

use std::{fmt::Write, fs, iter, path::Path};

use anyhow::Result;
use chrono::Local;
use serde::Serialize;

use crate::{
    compare::{Comparison, DatabaseComparison, ScenarioComparison},
    footprint::Footprint,
    growth::{DatabaseGrowth, Growth, Size},
    peers::Peers,
    scenario::Measurement,
};

/// Prints the table, and writes `<date><suffix>.md`, `<date><suffix>.json` and the chart, if there is one.
pub fn publish(
    folder: &Path,
    suffix: &str,
    table: &str,
    numbers: &impl Serialize,
    chart: Option<(&str, String)>,
) -> Result<()> {
    let name = format!("{}{suffix}", Local::now().format("%F"));
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{name}.md")), table)?;
    fs::write(
        folder.join(format!("{name}.json")),
        serde_json::to_string_pretty(numbers)? + "\n",
    )?;
    if let Some((name, chart)) = chart {
        fs::write(folder.join(name), chart)?;
    }
    println!("{table}");
    Ok(())
}

pub fn of_comparison(comparison: &Comparison) -> Result<String> {
    let mut text = String::new();
    let Comparison {
        users,
        rounds,
        connections,
        seconds,
        ..
    } = comparison;
    writeln!(text, "# Gatehouse against the floor\n")?;
    writeln!(text, "{}", comparison.machine.describe())?;
    writeln!(
        text,
        "{users} users, {connections} connections, {rounds} rounds of {seconds} s."
    )?;
    for database in &comparison.databases {
        writeln!(text, "\n## {} {}\n", database.database, database.version)?;
        write_scenarios(&mut text, "floor", &database.scenarios)?;
        write_variants(&mut text, database)?;
        write_footprints(&mut text, database)?;
        write_instructions(&mut text, database)?;
    }
    Ok(text)
}

fn write_scenarios(text: &mut String, base: &str, scenarios: &[ScenarioComparison]) -> Result<()> {
    writeln!(
        text,
        "| scenario | {base}, requests/s | Gatehouse, requests/s | ratio (least to greatest) | {base}, CPU µs | \
         Gatehouse, CPU µs | ratio | p50 ms | p99 ms |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    )?;
    for scenario in scenarios {
        let (measured, gatehouse) = (&scenario.versus.base, &scenario.versus.other);
        let (throughput, cpu) = (scenario.versus.throughput, scenario.versus.cpu.median);
        let per_second = |measurement: &Measurement| measurement.requests_per_second;
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.2} ({:.2} to {:.2}) | {:.0} | {:.0} | {cpu:.2} | {:.2} | {:.2} |",
            scenario.name,
            measured.median(per_second),
            gatehouse.median(per_second),
            throughput.median,
            throughput.min,
            throughput.max,
            measured.median(|measurement| measurement.cpu_us),
            gatehouse.median(|measurement| measurement.cpu_us),
            gatehouse.median(|measurement| measurement.p50_us) / 1e3,
            gatehouse.median(|measurement| measurement.p99_us) / 1e3,
        )?;
    }
    Ok(())
}

fn write_variants(text: &mut String, database: &DatabaseComparison) -> Result<()> {
    writeln!(
        text,
        "\n| Gatehouse on `me`, against itself without | requests/s (least to greatest) | CPU time |\n| --- | ---: | ---: |"
    )?;
    for variant in &database.variants {
        let (throughput, cpu) = (variant.versus.throughput, variant.versus.cpu.median);
        let (name, ratio) = (variant.name, throughput.median);
        writeln!(
            text,
            "| {name} | {ratio:.2} ({:.2} to {:.2}) | {cpu:.2} |",
            throughput.min, throughput.max
        )?;
    }
    Ok(())
}

fn write_footprints(text: &mut String, database: &DatabaseComparison) -> Result<()> {
    writeln!(
        text,
        "\n| footprint | program, MiB | start, ms (least to greatest) | memory, idle, MiB | memory, peak, MiB |\n\
         | --- | ---: | ---: | ---: | ---: |"
    )?;
    for (name, footprint) in [("floor", &database.floor), ("Gatehouse", &database.gatehouse)] {
        let Footprint {
            program_bytes,
            start_ms,
            idle_bytes,
            peak_bytes,
        } = footprint;
        writeln!(
            text,
            "| {name} | {:.1} | {:.0} ({:.0} to {:.0}) | {:.1} | {:.1} |",
            mebibytes(*program_bytes),
            start_ms.median,
            start_ms.min,
            start_ms.max,
            mebibytes(*idle_bytes),
            mebibytes(*peak_bytes),
        )?;
    }
    Ok(())
}

fn write_instructions(text: &mut String, database: &DatabaseComparison) -> Result<()> {
    if database.instructions.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "\n| instructions of a request | floor | Gatehouse | ratio |\n| --- | ---: | ---: | ---: |"
    )?;
    for counted in &database.instructions {
        let ratio = counted.gatehouse / counted.floor;
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {ratio:.2} |",
            counted.name, counted.floor, counted.gatehouse
        )?;
    }
    Ok(())
}

pub fn of_peers(measured: &Peers) -> Result<String> {
    let mut text = String::new();
    let Peers {
        machine,
        postgres,
        users,
        rounds,
        connections,
        seconds,
        gatehouse_bytes,
        peers,
        skipped,
    } = measured;
    writeln!(text, "# Gatehouse against peers\n")?;
    writeln!(text, "{}", machine.describe())?;
    writeln!(
        text,
        "PostgreSQL {postgres}, {users} users, {connections} connections, {rounds} rounds of {seconds} s."
    )?;
    for peer in peers {
        writeln!(text, "\n## {}\n\n{}.\n", peer.name, peer.versions.join(", "))?;
        write_scenarios(&mut text, peer.name, &peer.scenarios)?;
    }
    if !skipped.is_empty() {
        writeln!(text, "\nSkipped: {}.", skipped.join(", "))?;
    }
    writeln!(text, "\n| memory after the load | MiB |\n| --- | ---: |")?;
    let gatehouse = iter::once(("Gatehouse", *gatehouse_bytes));
    for (name, bytes) in gatehouse.chain(peers.iter().map(|peer| (peer.name, peer.bytes))) {
        writeln!(text, "| {name} | {:.1} |", mebibytes(bytes))?;
    }
    Ok(text)
}

pub fn of_growth(growth: &Growth) -> Result<String> {
    let mut text = String::new();
    let Growth { rounds, seconds, .. } = growth;
    writeln!(text, "# Gatehouse against its own size\n")?;
    writeln!(text, "{}", growth.machine.describe())?;
    writeln!(
        text,
        "Median time of a request of one client in µs, {rounds} rounds of {seconds} s."
    )?;
    for database in &growth.databases {
        write_growth(&mut text, database)?;
    }
    Ok(text)
}

fn write_growth(text: &mut String, database: &DatabaseGrowth) -> Result<()> {
    writeln!(text, "\n## {} {}\n", database.database, database.version)?;
    let sizes: String = database
        .sizes
        .iter()
        .map(|size| format!(" {} users |", size.users))
        .collect();
    writeln!(
        text,
        "| scenario |{sizes}\n| --- |{}",
        " ---: |".repeat(database.sizes.len())
    )?;
    for number in 0..database.sizes.first().map_or(0, |size| size.scenarios.len()) {
        write!(text, "| {} |", database.sizes[0].scenarios[number].name)?;
        for size in &database.sizes {
            match size.scenarios[number].p50_us {
                Some(time) => write!(text, " {time:.0} |")?,
                None => write!(text, " – |")?,
            }
        }
        writeln!(text)?;
    }
    write_disk_sizes(text, &database.sizes)?;
    writeln!(
        text,
        "\n| `me` from the start of the server on: p50, p99 in µs | nothing expired | half of the sessions expired |\n\
         | --- | ---: | ---: |"
    )?;
    for size in &database.sizes {
        let (calm, purging) = (size.calm, size.purging);
        let times = |measured: Measurement| format!("{:.0}, {:.0}", measured.p50_us, measured.p99_us);
        writeln!(text, "| {} users | {} | {} |", size.users, times(calm), times(purging))?;
    }
    Ok(())
}

fn write_disk_sizes(text: &mut String, sizes: &[Size]) -> Result<()> {
    write!(text, "\n| on disk, MiB |")?;
    for size in sizes {
        write!(text, " {} users |", size.users)?;
    }
    write!(text, "\n| --- |{}\n| whole database |", " ---: |".repeat(sizes.len()))?;
    for size in sizes {
        write!(text, " {:.1} |", mebibytes(size.disk.bytes))?;
    }
    writeln!(text)?;
    for number in 0..sizes.first().map_or(0, |size| size.disk.relations.len()) {
        write!(text, "| `{}` |", sizes[0].disk.relations[number].name)?;
        for size in sizes {
            write!(text, " {:.1} |", mebibytes(size.disk.relations[number].bytes))?;
        }
        writeln!(text)?;
    }
    Ok(())
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
