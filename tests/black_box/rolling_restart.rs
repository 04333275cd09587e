//! Nodes behind HAProxy are restarted one after the other, and no client notices.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpStream,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use test_database::{DatabaseKind, apply, needs_postgres};
use tokio::task::JoinSet;

use crate::{
    failover::processes::{Daemon, free_port},
    support::{Client, PASSWORD, PATIENCE, Page, Server, forger::start_with_known_secrets, shell_blocks, type_in},
};

const GUIDE: &str = "docs/operate/rolling-restart.md";
const SOCKET: &str = "/run/haproxy/admin.sock";
/// 500 requests per second.
const INTERVAL: Duration = Duration::from_millis(2);
const MAX_IN_FLIGHT: usize = 64;
const RESTARTS: usize = 10;
/// Who log in, so many that none of them does it often.
const USERS: u32 = 50;

#[apply(needs_postgres)]
#[ignore = "needs HAProxy, and a machine that does nothing else"]
#[tokio::test]
async fn a_rolling_restart_fails_no_request() {
    let mut nodes = nodes();
    let proxy = Proxy::start(&nodes);
    let alice = nodes[0].user("alice").await.cookie().unwrap();
    for number in 0..USERS {
        let created = nodes[0].anonymous().sign_up(&user(number), PASSWORD).await;
        created.expect(201);
    }
    let (load, start) = (Load::begin(&proxy.base_url(), &alice), Instant::now());
    tokio::time::sleep(Duration::from_secs(1)).await;

    let orders = shell_blocks("docs/operate/rolling-restart.md", "Restart a node");
    let [drain, ready] = &orders[..] else {
        panic!("{orders:?}")
    };
    for number in 0..RESTARTS {
        let at = number % 2;
        proxy.type_in(drain, at + 1);
        nodes[at].stop();
        nodes[at].restart();
        wait_until_ready(&nodes[at]).await;
        proxy.type_in(ready, at + 1);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    let (answers, failed) = load.end();
    let rate = answers.values().sum::<usize>() as f64 / start.elapsed().as_secs_f64();
    println!("{RESTARTS} restarts, answers: {answers:?}, {rate:.0} a second");
    assert!(
        failed.is_empty(),
        "{} failed: {:?}",
        failed.len(),
        &failed[..failed.len().min(10)]
    );
}

/// The name of one of those who log in.
fn user(number: u32) -> String {
    format!("log.in.{}", number % USERS)
}

/// Two nodes on one database, each at a port that it has again after a restart.
fn nodes() -> [Server; 2] {
    let port = free_port().to_string();
    let variables = [
        // All clients sign up from one address, that of the proxy.
        ("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "100000"),
        ("APP_SERVER__PORT", &port),
        ("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]"),
        ("RUST_LOG", "warn,gatehouse::setup=info"),
    ];
    let one = start_with_known_secrets(DatabaseKind::Postgres, &variables);
    let other = one.another_node_with(&[("APP_SERVER__PORT", &free_port().to_string())]);
    [one, other]
}

async fn wait_until_ready(node: &Server) {
    let start = Instant::now();
    while node.anonymous().get("/health/ready").await.status != 200 {
        assert!(start.elapsed() < PATIENCE, "{}", node.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// HAProxy as in the guide.
struct Proxy {
    port: u16,
    directory: TempDir,
    _process: Daemon,
}

impl Proxy {
    fn start(nodes: &[Server; 2]) -> Self {
        let (port, directory) = (free_port(), tempfile::tempdir().unwrap());
        let socket = directory.path().join("admin.sock").display().to_string();
        let address = |node: &Server| node.base_url().replace("http://", "");
        let config = [
            ("127.0.0.1:8080", format!("127.0.0.1:{port}")),
            (SOCKET, socket),
            ("10.0.0.11:8000", address(&nodes[0])),
            ("10.0.0.12:8000", address(&nodes[1])),
        ]
        .iter()
        .fold(Page::read(GUIDE).blocks_in("haproxy"), |config, (from, to)| {
            assert!(config.contains(from), "{GUIDE}: {from:?} is not in\n{config}");
            config.replace(from, to)
        });
        let file = directory.path().join("haproxy.cfg");
        fs::write(&file, config).unwrap();
        let mut command = Command::new("haproxy");
        command.arg("-db").arg("-f").arg(file);
        let process = Daemon::start(command, None, &directory.path().join("log"));
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < PATIENCE, "HAProxy does not listen");
            thread::sleep(Duration::from_millis(10));
        }
        Self {
            port,
            directory,
            _process: process,
        }
    }

    fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Types in what the guide has for HAProxy and the first node, for a node of this number.
    fn type_in(&self, order: &str, number: usize) {
        assert!(order.contains(SOCKET) && order.contains("node1"), "{order}");
        let socket = self.directory.path().join("admin.sock").display().to_string();
        let order = order
            .replace(SOCKET, &socket)
            .replace("node1", &format!("node{number}"));
        type_in(&order, self.directory.path());
    }
}

/// Clients who send requests at a steady rate, in a thread of their own.
struct Load {
    is_over: Arc<AtomicBool>,
    clients: thread::JoinHandle<Tally>,
}

/// The number of answers by what was asked and their status, and what failed.
type Tally = (BTreeMap<(&'static str, u16), usize>, Vec<String>);

impl Load {
    fn begin(base_url: &str, cookie: &str) -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let (ended, base_url, cookie) = (Arc::clone(&is_over), base_url.to_owned(), cookie.to_owned());
        let clients = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(send_all(&base_url, &cookie, &ended))
        });
        Self { is_over, clients }
    }

    fn end(self) -> Tally {
        self.is_over.store(true, Relaxed);
        self.clients.join().unwrap()
    }
}

async fn send_all(base_url: &str, cookie: &str, is_over: &AtomicBool) -> Tally {
    let (reader, visitor) = (Client::carrying(base_url, cookie), Client::forgetful(base_url, 1));
    let tally = Arc::<Mutex<Tally>>::default();
    let mut requests = JoinSet::new();
    let mut ticks = tokio::time::interval(INTERVAL);
    for number in 0.. {
        if is_over.load(Relaxed) {
            break;
        }
        ticks.tick().await;
        let account = |name: &str| json!({"username": name, "password": PASSWORD});
        let (what, expected, request) = match number % 50 {
            0 => {
                let request = visitor.request(Method::POST, "/api/v1/account/signup");
                ("sign up", 201, request.json(&account(&format!("user.{number}"))))
            }
            25 => {
                let request = visitor.request(Method::POST, "/api/v1/account/login");
                ("log in", 200, request.json(&account(&user(number / 50))))
            }
            _ => ("me", 200, reader.request(Method::GET, "/api/v1/account/me")),
        };
        let tally = Arc::clone(&tally);
        // A machine that is too slow sends fewer, instead of more and more at a time.
        if requests.len() >= MAX_IN_FLIGHT {
            requests.join_next().await;
        }
        requests.spawn(async move {
            let answer = request.send().await;
            let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
            let (answers, failed) = &mut *tally.lock().unwrap();
            *answers.entry((what, status)).or_default() += 1;
            if status != expected {
                failed.push(format!("{what}: {:?}", answer.map(|answer| answer.status())));
            }
        });
        while requests.try_join_next().is_some() {}
    }
    requests.join_all().await;
    std::mem::take(&mut *tally.lock().unwrap())
}
