//! Another PostgreSQL server takes over under load: with Patroni, etcd and HAProxy as in the guide, of which a test
//! kills, freezes and cuts off the primary.

mod cluster;
mod load;
mod member;
pub mod processes;

use std::{
    env,
    time::{Duration, Instant},
};

use futures_util::future::join;

use self::{cluster::Cluster, load::Load};
use crate::support::{Server, forger::SECRETS};

const USERNAMES: &str = "SELECT username FROM users";
/// How soon after another server takes changes somebody can sign up, which took 0.5 s at most when nothing else ran.
const RESUMED_IN: Duration = Duration::from_secs(5);

/// How a primary ends.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Kill,
    Freeze,
    Cut,
    Switchover,
}

/// `FAILOVER_ROUNDS` says how often, five times if it is not set.
#[ignore = "needs root, Patroni, etcd, HAProxy and iptables"]
#[tokio::test]
async fn a_failover_loses_nothing_that_was_acknowledged() {
    let rounds = env::var("FAILOVER_ROUNDS").map_or(5, |rounds| rounds.parse().unwrap());
    let mut cluster = Cluster::start(false).await;
    let (nodes, start) = (nodes(&cluster), Instant::now());
    let load = Load::begin(&nodes, 16);
    let mut number = 0;
    for round in 1..=rounds {
        for fault in [Fault::Kill, Fault::Freeze, Fault::Cut, Fault::Switchover] {
            let leader = cluster.wait_until_healthy().await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            let began = Instant::now();
            let promoted = break_and_mend(&mut cluster, leader, fault, &load).await;
            let resumed = load.first_success_after(promoted).await;
            println!(
                "round {round}, {fault:?}: another primary after {:?}, the first success {:?} later, no success for {:?}",
                promoted - began,
                resumed - promoted,
                load.longest_gap_after(began),
            );
            assert!(resumed - promoted < RESUMED_IN);
            number += 1;
        }
    }
    let leader = cluster.wait_until_healthy().await;
    let record = load.end();
    println!(
        "{number} failovers, {}",
        record.judge(&cluster.query(leader, USERNAMES))
    );
    assert_logs_are_short(&nodes, start.elapsed());
}

/// Ends a primary, waits for another one, and brings the old one back. Returns when the other one took over.
async fn break_and_mend(cluster: &mut Cluster, leader: usize, fault: Fault, load: &Load) -> Instant {
    if let Fault::Switchover = fault {
        return join(cluster.switch_over(leader), cluster.wait_for_another_primary(leader))
            .await
            .1;
    }
    match fault {
        Fault::Kill => cluster.kill(leader),
        Fault::Freeze => cluster.freeze(leader),
        _ => cluster.cut_off(leader),
    }
    let promoted = cluster.wait_for_another_primary(leader).await;
    load.first_success_after(promoted).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    match fault {
        Fault::Kill => cluster.revive(leader),
        Fault::Freeze => cluster.thaw(leader),
        _ => cluster.reconnect(),
    }
    promoted
}

/// The guide asks for what ends sessions of a server that is down. Without it the nodes themselves give them up.
#[ignore = "needs root, Patroni, etcd, HAProxy and iptables"]
#[tokio::test]
async fn nodes_give_up_a_frozen_primary_behind_a_proxy_that_does_not() {
    let mut cluster = Cluster::start(true).await;
    let nodes = nodes(&cluster);
    let load = Load::begin(&nodes, 16);
    let leader = cluster.wait_until_healthy().await;
    tokio::time::sleep(Duration::from_secs(1)).await;

    let promoted = break_and_mend(&mut cluster, leader, Fault::Freeze, &load).await;
    let resumed = load.first_success_after(promoted).await - promoted;
    println!("the first success {resumed:?} after another server took changes");
    assert!(resumed < RESUMED_IN);

    let leader = cluster.wait_until_healthy().await;
    let record = load.end();
    println!("{}", record.judge(&cluster.query(leader, USERNAMES)));
}

#[ignore = "needs root, Patroni, etcd, HAProxy and iptables"]
#[tokio::test]
async fn commits_that_wait_for_a_standby_leave_reads_alone() {
    let cluster = Cluster::start(false).await;
    let nodes = nodes(&cluster);
    let alice = nodes[0].user("alice").await;
    let leader = cluster.wait_until_healthy().await;
    let load = Load::begin(&nodes[..1], 24);
    tokio::time::sleep(Duration::from_secs(1)).await;

    cluster.others(leader).for_each(|at| cluster.freeze(at));
    let (frozen, mut read, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while frozen.elapsed() < Duration::from_secs(45) {
        let began = Instant::now();
        alice.me().await.expect(200);
        slowest = began.elapsed().max(slowest);
        read += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    cluster.others(leader).for_each(|at| cluster.thaw(at));
    let thawed = Instant::now();
    let resumed = load.first_success_after(thawed).await - thawed;
    println!("{read} reads while no commit ended, the slowest {slowest:?}; the first change {resumed:?} after that");
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");

    let leader = cluster.wait_until_healthy().await;
    let record = load.end();
    println!("{}", record.judge(&cluster.query(leader, USERNAMES)));
}

/// Two nodes with the same secrets.
fn nodes(cluster: &Cluster) -> [Server; 2] {
    let variables = [
        // All clients sign up from one address.
        ("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "100000"),
        ("APP_DATABASE__MAX_TRANSACTION_WAIT_MILLISECONDS", "500"),
    ];
    let variables = [&SECRETS[..], &variables].concat();
    [(); 2].map(|()| Server::start_at(&cluster.url(), &variables))
}

/// Asserts that a node has logged why it could not serve, and not more often than once per second.
fn assert_logs_are_short(nodes: &[Server], duration: Duration) {
    for node in nodes {
        let log = node.log();
        let lines = |text: &str| Vec::from_iter(log.lines().filter(|line| line.contains(text)));
        let reasons = lines("http::failure");
        assert!(reasons.len() as u64 <= duration.as_secs() + 1, "{reasons:#?}");
        let closed = lines("the database server, or a proxy in front of it, closed the connection");
        assert!(!closed.is_empty(), "{reasons:#?}");
        let of_libraries = [lines("SSLRequest"), lines("at EOF")].concat();
        assert!(of_libraries.is_empty(), "{of_libraries:#?}");
    }
}
