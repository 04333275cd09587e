//! One of the two programs, with a database of its own.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Result, ensure};

use crate::{
    Shared,
    client::{self, PASSWORD, ROOT},
    database::Kind,
    place::Place,
    seed::seed,
    server::{self, Server},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Gatehouse,
    Floor,
}

/// How a server is started.
#[derive(Default)]
pub struct Start<'a> {
    /// Environment variables over the usual ones.
    pub settings: &'a [(&'a str, String)],
    /// A program, with arguments, that runs the server.
    pub under: &'a [&'a str],
}

pub struct Contestant {
    product: Product,
    /// The program of the product, and that of Gatehouse, which makes the tables of both.
    program: PathBuf,
    gatehouse: PathBuf,
    place: Place,
    bcrypt_cost: u32,
}

impl Contestant {
    /// With the tables, `root.admin` and other users in its database.
    pub fn prepare(product: Product, shared: &Shared, kind: Kind, users: u64, bcrypt_cost: u32) -> Result<Self> {
        let program = match product {
            Product::Gatehouse => &shared.gatehouse,
            Product::Floor => &shared.floor,
        };
        let contestant = Self {
            product,
            program: program.canonicalize()?,
            gatehouse: shared.gatehouse.canonicalize()?,
            place: Place::new(kind)?,
            bcrypt_cost,
        };
        contestant.administer(&["migrate", "up"], "")?;
        contestant.make_root()?;
        seed(&contestant.place, users)?;
        Ok(contestant)
    }

    pub fn program(&self) -> &PathBuf {
        &self.program
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    pub fn start(&self, start: &Start) -> Result<Server> {
        let port = server::free_port()?;
        let folder = self.place.folder();
        let mut command = match start.under {
            [] => server::command(&self.program, folder),
            [runner, arguments @ ..] => {
                let mut command = server::command(runner, folder);
                command.args(arguments).arg(&self.program);
                command
            }
        };
        let ready_path = match self.product {
            Product::Gatehouse => {
                self.configure(&mut command);
                command.env("APP_SERVER__PORT", port.to_string());
                "/health/ready"
            }
            Product::Floor => {
                command.env("FLOOR_DATABASE_URL", self.place.url());
                command.env("FLOOR_PORT", port.to_string());
                command.env("FLOOR_BCRYPT_COST", self.bcrypt_cost.to_string());
                "/api/v1/"
            }
        };
        command.envs(start.settings.iter().map(|(name, value)| (name, value)));
        Server::start(command, port, ready_path, folder)
    }

    /// One that serves on one thread under a program that runs it.
    pub fn start_single(&self, under: &[&str]) -> Result<Server> {
        let workers = match self.product {
            Product::Gatehouse => "APP_SERVER__WORKERS",
            Product::Floor => "FLOOR_WORKERS",
        };
        let settings = &[(workers, "1".to_owned())];
        self.start(&Start { settings, under })
    }

    fn make_root(&self) -> Result<()> {
        // The first start makes the secrets of Gatehouse.
        let server = self.start(&Start::default())?;
        if self.product == Product::Gatehouse {
            return self.administer(&["create-super-admin", ROOT, "--password-stdin"], PASSWORD);
        }
        client::sign_up_root(&server.url())?;
        self.place
            .with_connection(async |connection| connection.execute("UPDATE users SET role = 30").await)
    }

    /// Runs a command of Gatehouse to its end.
    fn administer(&self, arguments: &[&str], input: &str) -> Result<()> {
        let mut command = server::command(&self.gatehouse, self.place.folder());
        self.configure(&mut command);
        command.env("APP_LOGS__LEVEL", "error");
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        ensure!(child.wait()?.success(), "gatehouse {} failed", arguments.join(" "));
        Ok(())
    }

    /// Takes from Gatehouse what the floor does not do: limits to who may do how much, and a log. Adds a guarded service,
    /// without which there is no `verify`.
    fn configure(&self, command: &mut Command) {
        command
            .env("APP_DATABASE__URL", self.place.url())
            .env("APP_LOGS__LEVEL", "warn")
            .env("APP_SECURITY__PASSWORD__BCRYPT_COST", self.bcrypt_cost.to_string())
            .env("APP_SECURITY__PASSWORD__MAX_HASH_WAIT_MILLISECONDS", "60000")
            .env("APP_DATABASE__MAX_TRANSACTION_WAIT_MILLISECONDS", "60000")
            .env("APP_SECURITY__THROTTLE__ENABLED", "false")
            .env("APP_FORWARD_AUTH__ORIGINS", "[http://app.gate.localhost]")
            .env("APP_FORWARD_AUTH__COOKIE_DOMAIN", "gate.localhost")
            .env("APP_SERVER__PUBLIC_ORIGINS", "[http://auth.gate.localhost]")
            .env("APP_SERVER__TRUSTED_PROXIES", "[10.0.0.1]");
    }
}
