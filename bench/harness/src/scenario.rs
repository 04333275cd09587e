//! What is asked of the servers.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::{
    client, proc,
    server::Server,
    wrk::{self, Load},
};

/// Log-ins and sign-ups keep the cores busy for a quarter of a second each: more of them at a time only wait.
const HASHING_CONNECTIONS: u32 = 4;
/// How much longer they are measured, as there are few of them.
const HASHING_PATIENCE: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    /// What is at a path.
    Get(&'static str),
    /// The page behind the user in the middle, by cursor.
    AfterMiddle,
    /// The page behind the user in the middle, by offset.
    OffsetMiddle,
    ChangeRoles,
    SignUp,
    LogIn,
}

#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub is_read: bool,
    request: Request,
}

/// How hard servers are asked.
#[derive(Clone, Copy, Debug)]
pub struct Pressure {
    pub users: u64,
    pub connections: u32,
    pub seconds: u32,
}

impl Pressure {
    /// Adapts the load to a scenario whose requests hash a password at the usual cost.
    pub fn for_usual_hashes(self, scenario: &Scenario) -> Self {
        if !matches!(scenario.request, Request::SignUp | Request::LogIn) {
            return self;
        }
        Self {
            connections: HASHING_CONNECTIONS,
            seconds: self.seconds * HASHING_PATIENCE,
            ..self
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Measurement {
    pub requests_per_second: f64,
    /// CPU time of the server for a request; not that of PostgreSQL.
    pub cpu_us: f64,
    pub p50_us: f64,
    pub p99_us: f64,
}

const fn read(name: &'static str, request: Request) -> Scenario {
    Scenario {
        name,
        is_read: true,
        request,
    }
}

const fn write(name: &'static str, request: Request) -> Scenario {
    Scenario {
        name,
        is_read: false,
        request,
    }
}

pub const ALIVE: Scenario = read("alive", Request::Get("/api/v1/"));
pub const ME: Scenario = read("me", Request::Get("/api/v1/account/me"));
/// What a proxy asks before each request to a guarded service.
pub const VERIFY: Scenario = read("verify", Request::Get("/api/v1/account/verify"));
pub const FIRST_PAGE: Scenario = read("first page", Request::Get("/api/v1/users/?limit=20"));
pub const LOG_IN: Scenario = write("log in", Request::LogIn);
const PAGE_BY_CURSOR: Scenario = read("deep page by cursor", Request::AfterMiddle);
const PAGE_BY_OFFSET: Scenario = read("deep page by offset", Request::OffsetMiddle);
const SIGN_UP: Scenario = write("sign up", Request::SignUp);

/// What both servers are compared by.
pub const COMPARED: &[Scenario] = &[
    ALIVE,
    ME,
    VERIFY,
    FIRST_PAGE,
    PAGE_BY_CURSOR,
    PAGE_BY_OFFSET,
    read(
        "filtered page",
        Request::Get("/api/v1/users/?role=user&username=user0000&limit=20"),
    ),
    write("grant, revoke", Request::ChangeRoles),
    SIGN_UP,
    LOG_IN,
];

/// The scenarios that may take longer with more users. Those that add users come last.
pub const GROWING: &[Scenario] = &[
    ME,
    VERIFY,
    FIRST_PAGE,
    PAGE_BY_CURSOR,
    PAGE_BY_OFFSET,
    read("admins", Request::Get("/api/v1/users/?role=admin&limit=20")),
    read("by prefix", Request::Get("/api/v1/users/?username=user00005&limit=20")),
    read("with total", Request::Get("/api/v1/users/?include_total=true&limit=20")),
    LOG_IN,
    SIGN_UP,
];

impl Scenario {
    /// Whether the scenario is measured with that number of users. PostgreSQL takes longer than its statement timeout to
    /// skip millions.
    pub fn is_measured_with(&self, users: u64) -> bool {
        self.request != Request::OffsetMiddle || users <= 1_000_000
    }

    /// Logs `root.admin` in, and asks for as long as the pressure says.
    pub fn measure(&self, server: &Server, pressure: Pressure) -> Result<Measurement> {
        self.try_measure(server, pressure)
            .with_context(|| format!("{}: the server said\n{}", self.name, server.log()))
    }

    /// Of a scenario that reads: the address on a server.
    pub fn url(&self, server: &Server, cookie: &str, users: u64) -> Result<String> {
        let server = server.url();
        let middle = users / 2;
        Ok(match self.request {
            Request::Get(path) => server + path,
            Request::AfterMiddle => {
                let cursor = client::cursor_near(&server, cookie, middle)?;
                format!("{server}/api/v1/users/?limit=20&after={cursor}")
            }
            Request::OffsetMiddle => format!("{server}/api/v1/users/?limit=20&offset={middle}"),
            Request::ChangeRoles | Request::SignUp | Request::LogIn => server,
        })
    }

    fn try_measure(&self, server: &Server, pressure: Pressure) -> Result<Measurement> {
        let cookie = &client::log_in(&server.url())?;
        let script = match self.request {
            Request::Get(_) | Request::AfterMiddle | Request::OffsetMiddle => wrk::GET,
            Request::ChangeRoles => wrk::CHANGE_ROLES,
            Request::SignUp => wrk::SIGN_UP,
            Request::LogIn => wrk::LOG_IN,
        };
        let load = Load {
            url: &self.url(server, cookie, pressure.users)?,
            cookie,
            script,
            users: pressure.users,
            run: next_run(),
            connections: pressure.connections,
            seconds: pressure.seconds,
        };
        let before = proc::cpu_time(server.pid())?;
        let outcome = load.run()?;
        let cpu_time = proc::cpu_time(server.pid())? - before;
        Ok(Measurement {
            requests_per_second: outcome.requests_per_second(),
            cpu_us: cpu_time.as_secs_f64() * 1e6 / outcome.requests as f64,
            p50_us: outcome.p50_us as f64,
            p99_us: outcome.p99_us as f64,
        })
    }
}

fn next_run() -> u32 {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    BEGUN.fetch_add(1, Ordering::Relaxed)
}
