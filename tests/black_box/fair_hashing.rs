//! A client that keeps the hasher busy delays itself, and hardly anybody else.
//!
//! What counts is how many answers the flood gets while somebody else waits for one: that says the same on a fast
//! machine and on a slow one. The throttle is off, because it would stop most of the flood: the queue has to hold by
//! itself.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::future::{join, join_all};
use test_database::{DatabaseKind, apply, on_every_database};
use tokio::time::{sleep, timeout};

use crate::support::{Client, PASSWORD, PATIENCE, Server};

const COST: &str = "APP_SECURITY__PASSWORD__BCRYPT_COST";

/// Two hashes at a time, whose turn may be long in coming on a busy machine, and few connections to the database.
const VARIABLES: [(&str, &str); 6] = [
    (COST, "10"),
    ("APP_SECURITY__PASSWORD__MAX_CONCURRENT_HASHES", "2"),
    ("APP_SECURITY__PASSWORD__MAX_HASH_WAIT_MILLISECONDS", "60000"),
    ("APP_SECURITY__THROTTLE__ENABLED", "false"),
    ("APP_DATABASE__MAX_CONNECTIONS", "2"),
    ("APP_SERVER__METRICS_ADDR", "127.0.0.1:0"),
];

/// Log-ins that the flood has in flight at any time.
const CONNECTIONS: usize = 24;

/// The answers that the flood may get during a log-in of somebody else: two that run when it comes, one in its round,
/// two that run beside it, and as many again because the answers cross. In one line for all it would be more than
/// [`CONNECTIONS`].
const FEW: usize = 10;

/// What the flood has got so far, and whether it is to end.
#[derive(Default)]
struct Flood {
    served: AtomicUsize,
    is_over: AtomicBool,
}

impl Flood {
    /// Sends one request after the other. Each has to be served, or to be told to come back.
    async fn repeat(&self, request: impl AsyncFn() -> u16, success: u16) {
        while !self.is_over.load(Ordering::Relaxed) {
            let status = request().await;
            if status == success {
                self.served.fetch_add(1, Ordering::Relaxed);
            } else {
                assert_eq!(status, 503);
            }
        }
    }

    fn served(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }

    /// Lets others log in from addresses of their own, and somebody do what takes no hash, while the flood goes on.
    async fn assert_others_get_through(&self, server: &Server, root: &Client) {
        while self.served() == 0 {
            sleep(Duration::from_millis(10)).await;
        }
        let others = (3..7).map(async |address| {
            let client = Client::forgetful(server.base_url(), address);
            let mut most = 0;
            for _ in 0..3 {
                let before = self.served();
                client.log_in("other", PASSWORD).await.expect(200);
                most = most.max(self.served() - before);
            }
            most
        });
        let unhashed = async {
            for operation in ["grant", "revoke"].repeat(5) {
                root.me().await.expect(200);
                root.change(operation, "other").await.expect(200);
            }
        };
        let (most, ()) = join(join_all(others), unhashed).await;
        self.is_over.store(true, Ordering::Relaxed);
        assert!(most.iter().all(|most| *most <= FEW), "{most:?}");
    }
}

async fn server_with(database: DatabaseKind, names: &[&str]) -> (Server, Client) {
    let server = Server::start_with(database, &VARIABLES);
    let root = server.super_admin("root.admin").await;
    for name in names.iter().chain(&["other"]) {
        root.create(name, "user").await;
    }
    (server, root)
}

#[apply(on_every_database)]
#[tokio::test]
async fn while_one_address_floods_log_ins_others_log_in(database: DatabaseKind) {
    let (server, root) = server_with(database, &["flood"]).await;
    let (flood, client) = (Flood::default(), Client::forgetful(server.base_url(), 2));
    let log_in = async || client.log_in("flood", PASSWORD).await.status.as_u16();
    let flooding = join_all((0..CONNECTIONS).map(|_| flood.repeat(log_in, 200)));
    join(flooding, flood.assert_others_get_through(&server, &root)).await;
}

#[apply(on_every_database)]
#[tokio::test]
async fn while_six_users_change_their_passwords_without_end_others_log_in(database: DatabaseKind) {
    let names = ["user1", "user2", "user3", "user4", "user5", "user6"];
    let (server, root) = server_with(database, &names).await;
    let mut clients = Vec::new();
    for name in names {
        clients.push((name, server.logged_in(name).await));
    }
    let flood = Flood::default();
    let flooding = clients.iter().map(|(name, client)| {
        let change = async move || {
            let change = client.change_password(name, PASSWORD, Some(PASSWORD));
            change.await.status.as_u16()
        };
        flood.repeat(change, 204)
    });
    join(join_all(flooding), flood.assert_others_get_through(&server, &root)).await;
}

#[apply(on_every_database)]
#[ignore = "needs a machine that does nothing else"]
#[tokio::test]
async fn six_who_log_in_at_once_from_one_address_are_all_let_in(database: DatabaseKind) {
    let server = Server::start_with(database, &[(COST, "12")]);
    server.user("alice").await;
    let client = server.carrying("none=none");
    let mut seen = Vec::new();
    // What else the machine does takes cores away from hashing, and comes and goes.
    for _ in 0..3 {
        let answers = join_all((0..6).map(|_| client.log_in("alice", PASSWORD))).await;
        let statuses = Vec::from_iter(answers.iter().map(|answer| answer.status.as_u16()));
        if statuses == [200; 6] {
            return;
        }
        seen.push(statuses);
    }
    panic!("{seen:?}");
}

#[tokio::test]
async fn those_who_give_up_do_not_wait_any_longer() {
    // Two seconds for each hash.
    let server = Server::start_with(DatabaseKind::Sqlite, &[&VARIABLES[..], &[(COST, "15")]].concat());
    let client = server.anonymous();
    let log_ins = join_all((0..10).map(|_| client.log_in("nobody", PASSWORD)));
    let waiting = async || server.scrape().await.sum("gatehouse_password_hashes_waiting", &[]);
    let until = async |number: f64| {
        while waiting().await != number {
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        _ = log_ins => panic!("they are hashed too fast"),
        all = timeout(PATIENCE, until(8.0)) => all.unwrap(),
    }
    timeout(PATIENCE, until(0.0)).await.unwrap();
    // The server is still busy with the first two.
    assert_eq!(server.scrape().await.sum("gatehouse_password_hashes_running", &[]), 2.0);
    assert_eq!(
        server
            .scrape()
            .await
            .sum("gatehouse_password_hashes_refused_total", &[]),
        0.0
    );
}
