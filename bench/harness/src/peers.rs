//! Gatehouse against peers, which answer the same requests by frameworks of other languages.

use std::{
    iter,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, bail, ensure};
use clap::Args;
use serde::Serialize;

use crate::{
    Shared,
    client::{self, PASSWORD, ROOT},
    compare::{self, BCRYPT_COST, ScenarioComparison},
    contestant::{Contestant, Product, Start},
    database::Kind,
    machine::Machine,
    place::Place,
    proc,
    rounds::Versus,
    scenario::{FIRST_PAGE, LOG_IN, ME, Pressure, Scenario},
    server::{self, Server},
};

/// The folders of `bench/peers`.
const PEERS: &[&str] = &["django", "fastapi-users", "better-auth"];
const COMPARED: &[Scenario] = &[ME, FIRST_PAGE, LOG_IN];
const CONNECTIONS: u32 = 32;
/// Limits how long a peer may be installed, and how long its users may be made.
const STEP_SECONDS: &str = "600";

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    pub shared: Shared,
    /// Users in each database, which is always on PostgreSQL.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(100..100_000))]
    pub users: u64,
    /// Measurements of each server, from which the median is taken.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
}

#[derive(Debug, Serialize)]
pub struct Peers {
    pub machine: Machine,
    pub postgres: String,
    pub users: u64,
    pub rounds: u32,
    pub connections: u32,
    pub seconds: u32,
    pub gatehouse_bytes: u64,
    pub peers: Vec<PeerComparison>,
    pub skipped: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
pub struct PeerComparison {
    pub name: &'static str,
    /// The packages that it is made of, with their versions.
    pub versions: Vec<String>,
    pub scenarios: Vec<ScenarioComparison>,
    /// Memory of all its processes, after the load.
    pub bytes: u64,
}

/// An installed peer.
struct Peer {
    name: &'static str,
    versions: Vec<String>,
    script: PathBuf,
}

pub fn compare(options: &Options) -> Result<Peers> {
    let shared = &options.shared;
    let gatehouse = Contestant::prepare(Product::Gatehouse, shared, Kind::Postgres, options.users, BCRYPT_COST)?;
    let server = gatehouse.start(&Start::default())?;
    check(&server)?;
    let (mut peers, mut skipped) = (Vec::new(), Vec::new());
    for &name in PEERS {
        match Peer::install(name).and_then(|peer| compare_with(peer, &server, options)) {
            Ok(comparison) => peers.push(comparison),
            Err(error) => {
                eprintln!("{name} is skipped: {error:#}");
                skipped.push(name);
            }
        }
    }
    Ok(Peers {
        machine: Machine::this()?,
        postgres: gatehouse.place().database_version()?,
        users: options.users,
        rounds: options.rounds,
        connections: CONNECTIONS,
        seconds: shared.seconds,
        gatehouse_bytes: proc::memory_of_all(server.pid())?,
        peers,
        skipped,
    })
}

fn compare_with(peer: Peer, gatehouse: &Server, options: &Options) -> Result<PeerComparison> {
    let place = Place::new(Kind::Postgres)?;
    peer.prepare(&place, options.users)?;
    let server = peer.start(&place)?;
    check(&server)?;
    let pressure = Pressure {
        users: options.users,
        connections: CONNECTIONS,
        seconds: options.shared.seconds,
    };
    // Lets all its workers start, and compilers at run time do their work.
    ME.measure(&server, pressure)?;
    let scenarios = COMPARED.iter().map(|scenario| {
        let pressure = pressure.for_usual_hashes(scenario);
        let versus = Versus::measure(scenario, &server, gatehouse, pressure, options.rounds)?;
        Ok(compare::told(peer.name, scenario.name, scenario.is_read, versus))
    });
    Ok(PeerComparison {
        name: peer.name,
        scenarios: scenarios.collect::<Result<_>>()?,
        bytes: proc::memory_of_all(server.pid())?,
        versions: peer.versions,
    })
}

impl Peer {
    fn install(name: &'static str) -> Result<Self> {
        let script = Path::new("bench/peers/run").canonicalize()?;
        let output = Command::new("timeout")
            .arg(STEP_SECONDS)
            .arg(&script)
            .args([name, "install"])
            .output()?;
        if !output.status.success() {
            bail!(
                "it cannot be installed\n{}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        let versions = String::from_utf8(output.stdout)?;
        Ok(Self {
            name,
            versions: versions.lines().map(str::to_owned).collect(),
            script,
        })
    }

    fn prepare(&self, place: &Place, users: u64) -> Result<()> {
        let status = Command::new("timeout")
            .arg(STEP_SECONDS)
            .arg(&self.script)
            .args([self.name, "prepare", ROOT, PASSWORD, &users.to_string()])
            .env("PEER_DATABASE_URL", place.url())
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "the users of {} could not be made", self.name);
        Ok(())
    }

    fn start(&self, place: &Place) -> Result<Server> {
        let port = server::free_port()?;
        let mut command = server::command(&self.script, place.folder());
        command.args([self.name, "serve", &port.to_string()]);
        command.env("PEER_DATABASE_URL", place.url());
        Server::start(command, port, "/api/v1/", place.folder())
    }
}

/// Fails unless a server rejects strangers, knows who calls, and shows the first users by name.
fn check(server: &Server) -> Result<()> {
    let cookie = client::log_in(&server.url())?;
    let (me, page) = (ME.url(server, &cookie, 0)?, FIRST_PAGE.url(server, &cookie, 0)?);
    for url in [&me, &page] {
        ensure!(client::get(url, "").is_err(), "{url} answers without a session");
    }
    let user = client::get(&me, &cookie)?;
    ensure!(user["username"] == ROOT, "{me} answers {user}");
    let users = client::get(&page, &cookie)?;
    let expected = iter::once(ROOT.to_owned()).chain((1..20).map(|number| format!("user{number:07}")));
    let names = users["users"].as_array().into_iter().flatten();
    let names = names.filter_map(|user| user["username"].as_str());
    ensure!(names.eq(expected), "{page} answers {users}");
    Ok(())
}
