//! Three PostgreSQL servers under Patroni with etcd, and HAProxy in front, configured as in the guide.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    member::{GUIDE, Member, replace_all},
    processes::{Daemon, free_port, run},
};
use crate::support::Page;

/// The chain of rules that cut a server off.
const CHAIN: &str = "gatehouse-failover";
/// How long a cluster may take to become healthy.
const HEALTHY_IN: Duration = Duration::from_secs(120);

/// The cluster, which ends with the test.
pub struct Cluster {
    members: Vec<Member>,
    http: reqwest::Client,
    /// Where HAProxy listens.
    port: u16,
    _haproxy: Daemon,
    _etcd: Daemon,
    _directory: TempDir,
}

impl Cluster {
    /// Starts the cluster, and waits until it is healthy and has the role and the database of the service.
    ///
    /// `keeps_sessions` leaves out what ends the sessions of a server that is down.
    pub async fn start(keeps_sessions: bool) -> Self {
        let directory = tempfile::tempdir().unwrap();
        run("chmod", &["755", &directory.path().display().to_string()]);
        // What a test that was killed left behind.
        let _ = Command::new("iptables").args(["-F", CHAIN]).output();
        let (client, peer) = (free_port(), free_port());
        let etcd = start_etcd(directory.path(), client, peer);
        let ports = (free_port(), free_port());
        let members = Vec::from_iter((0..3).map(|at| Member::start(at, ports, client, directory.path())));
        let port = free_port();
        let haproxy = start_haproxy(directory.path(), port, &members, keeps_sessions);
        let cluster = Self {
            members,
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(2))
                .build()
                .unwrap(),
            port,
            _haproxy: haproxy,
            _etcd: etcd,
            _directory: directory,
        };
        let leader = cluster.wait_until_healthy().await;
        cluster.prepare(leader);
        cluster
    }

    /// The address of the database for nodes: that of HAProxy.
    pub fn url(&self) -> String {
        format!(
            "postgres://gatehouse:serving-password@127.0.0.1:{}/gatehouse",
            self.port
        )
    }

    /// Waits until there is a primary with a synchronous standby, and every server follows it. Returns the primary.
    pub async fn wait_until_healthy(&self) -> usize {
        let start = Instant::now();
        loop {
            let members = self.view().await;
            let with_role = |role: &str| Vec::from_iter((0..members.len()).filter(|at| members[*at]["role"] == role));
            let works = |member: &Value| ["running", "streaming"].iter().any(|state| member["state"] == *state);
            let timelines = members.iter().map(|member| &member["timeline"]);
            let is_one = timelines.clone().all(|timeline| *timeline == members[0]["timeline"]);
            if members.len() == 3
                && members.iter().all(works)
                && is_one
                && with_role("sync_standby").len() == 1
                && let [leader] = with_role("leader")[..]
            {
                return self.at(&members[leader]);
            }
            assert!(start.elapsed() < HEALTHY_IN, "{members:?}\n{}", self.logs());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until another server than `old` takes changes. Returns when it did.
    ///
    /// Patroni says some time before that it is the primary, and the standby that each commit waits for comes later.
    pub async fn wait_for_another_primary(&self, old: usize) -> Instant {
        let start = Instant::now();
        loop {
            for at in self.others(old) {
                let change = self.members[at].execute("postgres", "INSERT INTO changes VALUES (now())");
                if change.is_ok() {
                    return Instant::now();
                }
            }
            assert!(start.elapsed() < HEALTHY_IN, "nobody takes over\n{}", self.logs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills a server and its Patroni by `kill -9`.
    pub fn kill(&mut self, at: usize) {
        let member = &mut self.members[at];
        member.user.signal("KILL");
        member.patroni.reap();
    }

    /// Starts the Patroni of a server that was killed.
    pub fn revive(&mut self, at: usize) {
        let member = &mut self.members[at];
        member.patroni = member.start_patroni();
    }

    /// Stops every process of a server. Its connections stay open, but nothing answers.
    pub fn freeze(&self, at: usize) {
        self.members[at].user.signal("STOP");
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self, at: usize) {
        self.members[at].user.signal("CONT");
    }

    /// Drops every packet that a server sends or is sent.
    pub fn cut_off(&self, at: usize) {
        let member = &self.members[at];
        let _ = Command::new("iptables").args(["-N", CHAIN]).output();
        run("iptables", &["-F", CHAIN]);
        let (user, address) = (member.user.0.to_string(), member.address.to_string());
        for rule in [
            ["-m", "owner", "--uid-owner", &user].as_slice(),
            &["-s", &address],
            &["-d", &address],
        ] {
            run(
                "iptables",
                &[&["-A", CHAIN, "-o", "lo"], rule, &["-j", "DROP"]].concat(),
            );
        }
        run("iptables", &["-I", "OUTPUT", "-j", CHAIN]);
    }

    /// Lets a server take part again that was cut off.
    pub fn reconnect(&self) {
        remove_chain();
    }

    /// Makes the synchronous standby the primary, in good order.
    pub async fn switch_over(&self, from: usize) {
        let members = self.view().await;
        let standby = members.iter().find(|member| member["role"] == "sync_standby").unwrap();
        let order = json!({"leader": self.members[from].name, "candidate": standby["name"]});
        let request = self.http.post(self.members[from].patroni("switchover"));
        let answer = request.timeout(HEALTHY_IN).json(&order).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    }

    /// The servers that are not this one.
    pub fn others(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..self.members.len()).filter(move |other| *other != at)
    }

    /// The first column of what a query finds on a server.
    pub fn query(&self, at: usize, query: &str) -> Vec<String> {
        let found = self.members[at].execute("gatehouse", query);
        found.unwrap().lines().map(str::to_owned).collect()
    }

    /// What every server has logged last.
    fn logs(&self) -> String {
        let log = |member: &Member| {
            let log = fs::read_to_string(Path::new(&member.directory).join("log")).unwrap_or_default();
            let lines = Vec::from_iter(log.lines());
            lines[lines.len().saturating_sub(40)..].join("\n")
        };
        self.members.iter().map(log).collect::<Vec<_>>().join("\n--\n")
    }

    /// The members as the first Patroni tells them that answers.
    async fn view(&self) -> Vec<Value> {
        for member in &self.members {
            if let Ok(answer) = self.http.get(member.patroni("cluster")).send().await
                && let Ok(text) = answer.text().await
                && let Ok(view) = serde_json::from_str::<Value>(&text)
            {
                return view["members"].as_array().cloned().unwrap_or_default();
            }
        }
        Vec::new()
    }

    fn at(&self, view: &Value) -> usize {
        self.members
            .iter()
            .position(|member| view["name"] == member.name)
            .unwrap()
    }

    fn prepare(&self, leader: usize) {
        for statement in [
            "CREATE ROLE gatehouse LOGIN PASSWORD 'serving-password'",
            &Page::read(GUIDE).blocks_in("sql"),
            "CREATE DATABASE gatehouse OWNER gatehouse",
            "CREATE TABLE changes (time timestamptz)",
        ] {
            self.members[leader].execute("postgres", statement).unwrap();
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        remove_chain();
        for member in &self.members {
            member.user.signal("KILL");
        }
    }
}

fn start_etcd(directory: &Path, client: u16, peer: u16) -> Daemon {
    let (client, peer) = (format!("http://127.0.0.1:{client}"), format!("http://127.0.0.1:{peer}"));
    let mut command = Command::new("etcd");
    command
        .arg("--enable-v2=true")
        .arg("--data-dir")
        .arg(directory.join("etcd"));
    command.args(["--listen-client-urls", &client, "--advertise-client-urls", &client]);
    command.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
    command.args(["--initial-cluster", &format!("default={peer}")]);
    Daemon::start(command, None, &directory.join("etcd.log"))
}

fn start_haproxy(directory: &Path, port: u16, members: &[Member], keeps_sessions: bool) -> Daemon {
    let mut config = replace_all(
        &Page::read(GUIDE).blocks_in("haproxy"),
        "127.0.0.1:5000",
        &format!("127.0.0.1:{port}"),
    );
    for (number, member) in (21..).zip(members) {
        let from = format!("10.0.0.{number}:5432 check port 8008");
        let to = format!(
            "{}:{} check port {}",
            member.address, member.postgres_port, member.patroni_port
        );
        config = replace_all(&config, &from, &to);
    }
    if keeps_sessions {
        config = replace_all(&config, " on-marked-down shutdown-sessions", "");
    }
    let file = directory.join("haproxy.cfg");
    fs::write(&file, config).unwrap();
    let mut command = Command::new("haproxy");
    command.arg("-db").arg("-f").arg(file);
    Daemon::start(command, None, &directory.join("haproxy.log"))
}

fn remove_chain() {
    // There may be none.
    for arguments in [["-D", "OUTPUT", "-j", CHAIN].as_slice(), &["-F", CHAIN], &["-X", CHAIN]] {
        let _ = Command::new("iptables").args(arguments).output();
    }
}
