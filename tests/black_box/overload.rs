//! Ten times as much as the server can do: a request that hashes a password is served or refused in its time, all
//! others are answered within a second; other clients log in; memory stays flat; and when it is over, it is over at
//! once.
//!
//! The time of an answer is that from sending the request, connection included, to having read the answer, of the
//! slowest of all. Tests and server share the cores of one machine.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::json;
use test_database::{DatabaseKind, apply, on_every_database};
use tokio::{task::JoinSet, time::sleep};

use crate::support::{Answer, Client, PASSWORD, Server};

/// How long each flood lasts.
const FLOOD: Duration = Duration::from_secs(10);

/// What an answer may take.
const IN_TIME: Duration = Duration::from_secs(1);

/// What a log-in or a sign-up may take, served or not: the wait for its turn, and the hash. A second is for other
/// programs, which make a hash as long as they take the cores away from it.
const HASHED_IN_TIME: Duration = Duration::from_millis(6250);

/// What a log-in may take from an address that sends no flood.
const FAIR: Duration = Duration::from_secs(2);

/// What memory may grow by once the flood has begun.
const FLAT: usize = 16 * 1024;

/// As shipped.
const WAIT: (&str, &str) = ("APP_DATABASE__MAX_TRANSACTION_WAIT_MILLISECONDS", "500");

/// As shipped.
const HASHING: [(&str, &str); 2] = [("APP_SECURITY__PASSWORD__BCRYPT_COST", "12"), WAIT];

/// All sign-ups and changes come from one address and one user, who may do more than as shipped.
const BUDGETS: [(&str, &str); 2] = [
    ("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "100000"),
    ("APP_SECURITY__THROTTLE__MAX_CHANGES_PER_USER_AND_MINUTE", "100000"),
];

const ACCOUNTS: usize = 100;

/// Who send one cheap request after the other: ten times as many as there are connections to the database.
const CLIENTS: usize = 80;

/// What came of a flood: of each status, how many answers there were, and how long the slowest took.
#[derive(Debug, Default)]
struct Tally(BTreeMap<u16, (usize, Duration)>);

impl Tally {
    fn count(&mut self, (answer, time): &(Answer, Duration)) {
        let status = answer.status.as_u16();
        if status == 429 || status == 503 {
            assert!(answer.header("retry-after").is_some(), "{answer:?}");
        }
        self.add(Self([(status, (1, *time))].into()));
    }

    fn add(&mut self, other: Self) {
        for (status, (more, time)) in other.0 {
            let (number, slowest) = self.0.entry(status).or_default();
            *number += more;
            *slowest = time.max(*slowest);
        }
    }

    /// How many answers of `success` there were, if there was no other but refusals for the time being.
    fn served(&self, success: u16) -> usize {
        assert!(
            self.0.keys().all(|status| [success, 429, 503].contains(status)),
            "{self:?}"
        );
        self.0[&success].0
    }

    fn slowest(&self) -> Duration {
        self.0.values().map(|(_, time)| *time).max().unwrap_or_default()
    }
}

async fn timed(answer: impl Future<Output = Answer>) -> (Answer, Duration) {
    let start = Instant::now();
    let answer = answer.await;
    (answer, start.elapsed())
}

#[apply(on_every_database)]
#[ignore = "needs a machine that does nothing else"]
#[tokio::test]
async fn of_ten_times_too_many_log_ins_each_is_answered_in_time(database: DatabaseKind) {
    let server = with_accounts(database).await;
    let other = server.user("other").await;
    let client = server.carrying("none=none");
    let mut seen = Vec::new();
    // What else the machine does takes cores away from hashing, and comes and goes.
    for _ in 0..3 {
        let (_, alone) = log_in(client.clone(), "user0".to_owned()).await;
        let capacity = thread::available_parallelism().unwrap().get() as f64 / alone.as_secs_f64();
        let interval = Duration::from_secs_f64(1.0 / (10.0 * capacity));
        let [log_ins, others, neighbours] = flood_with_log_ins(&server, &client, &other, interval).await;
        let (answer, afterwards) = log_in(client.clone(), "user0".to_owned()).await;

        println!("log-ins: {log_ins:?}, others: {others:?}, neighbours: {neighbours:?}");
        println!("one alone: {alone:?}, afterwards: {afterwards:?}");
        answer.expect(200);
        for tally in [&others, &neighbours] {
            assert!(tally.0.keys().eq([&200]), "{tally:?}");
        }
        if log_ins.slowest() < HASHED_IN_TIME
            && others.slowest() < IN_TIME
            && neighbours.slowest() < FAIR
            && log_ins.served(200) as f64 > capacity * FLOOD.as_secs_f64() / 3.0
            && afterwards < alone * 2
        {
            return;
        }
        seen.push((log_ins, others, neighbours, alone, afterwards));
    }
    panic!("{seen:?}");
}

/// Sends a log-in in each interval, whatever becomes of those before. Meanwhile looks after a user who is logged in,
/// after what anybody may see, and after log-ins from other addresses.
async fn flood_with_log_ins(server: &Server, client: &Client, other: &Client, interval: Duration) -> [Tally; 3] {
    let (mut log_ins, mut others, mut neighbours) = (JoinSet::new(), Tally::default(), JoinSet::new());
    for address in 2..5 {
        let neighbour = Client::forgetful(server.base_url(), address);
        neighbours.spawn(log_in_again_and_again(neighbour, format!("user{address}")));
    }
    let (start, mut sent, mut warm) = (Instant::now(), 0, None);
    while start.elapsed() < FLOOD {
        while interval * sent < start.elapsed() {
            sent += 1;
            log_ins.spawn(log_in(client.clone(), format!("user{}", sent as usize % ACCOUNTS)));
        }
        if start.elapsed() > FLOOD / 4 {
            warm.get_or_insert_with(|| server.resident_kilobytes());
        }
        others.count(&timed(other.me()).await);
        others.count(&timed(client.get("/api/v1/")).await);
        sleep(interval).await;
    }
    assert_flat(server, warm.unwrap());
    let mut flood = Tally::default();
    while let Some(log_in) = log_ins.join_next().await {
        flood.count(&log_in.unwrap());
    }
    let mut served = Tally::default();
    while let Some(neighbour) = neighbours.join_next().await {
        served.add(neighbour.unwrap());
    }
    [flood, others, served]
}

async fn log_in_again_and_again(client: Client, username: String) -> Tally {
    let (start, mut tally) = (Instant::now(), Tally::default());
    while start.elapsed() < FLOOD {
        tally.count(&log_in(client.clone(), username.clone()).await);
    }
    tally
}

fn assert_flat(server: &Server, before: usize) {
    let grown = server.resident_kilobytes().saturating_sub(before);
    assert!(grown < FLAT, "{grown} KiB more");
}

#[apply(on_every_database)]
#[ignore = "needs a machine that does nothing else"]
#[tokio::test]
async fn of_more_cheap_requests_than_there_is_time_for_each_is_answered_in_time(database: DatabaseKind) {
    let server = Server::start_with(database, &[&BUDGETS[..], &[WAIT]].concat());
    let root = server.super_admin("root.admin").await;
    let names = ["alice", "bobby", "carol", "david"];
    for name in names {
        root.create(name, "user").await;
    }
    let mut flood = JoinSet::new();
    let start = Instant::now();
    for number in 0..CLIENTS {
        let (root, client, name) = (root.clone(), server.carrying("none=none"), names[number % names.len()]);
        flood.spawn(async move {
            let mut tallies = <[Tally; 3]>::default();
            for round in 0.. {
                if start.elapsed() > FLOOD {
                    break;
                }
                let username = format!("user.{number}.{round}");
                let change = if round % 2 == 0 { "grant" } else { "revoke" };
                match number % 3 {
                    0 => tallies[0].count(&timed(client.sign_up(&username, PASSWORD)).await),
                    1 => tallies[1].count(&timed(root.change(change, name)).await),
                    _ => tallies[2].count(&timed(root.get("/api/v1/users/?limit=10")).await),
                }
            }
            tallies
        });
    }
    sleep(FLOOD / 4).await;
    let warm = server.resident_kilobytes();
    let mut total = <[Tally; 3]>::default();
    while let Some(tallies) = flood.join_next().await {
        for (total, tally) in total.iter_mut().zip(tallies.unwrap()) {
            total.add(tally);
        }
    }
    assert_flat(&server, warm);
    let (answer, afterwards) = timed(server.anonymous().sign_up("afterwards", PASSWORD)).await;

    println!("afterwards {afterwards:?}");
    for (tally, (what, success, in_time)) in total.iter().zip([
        ("sign-ups", 201, HASHED_IN_TIME),
        ("changes", 200, IN_TIME),
        ("lists", 200, IN_TIME),
    ]) {
        println!("{what}: {tally:?}");
        assert!(tally.served(success) > 100, "{what}: {tally:?}");
        assert!(tally.slowest() < in_time, "{what}: {tally:?}");
    }
    answer.expect(201);
    assert!(afterwards < Duration::from_millis(200), "{afterwards:?}");
}

/// A server that hashes as it is shipped, with accounts of which it has the hashes already.
async fn with_accounts(database: DatabaseKind) -> Server {
    let mut server = Server::start_with(database, &BUDGETS);
    let names: Vec<_> = (0..ACCOUNTS).map(|number| format!("user{number}")).collect();
    let client = server.anonymous();
    for answer in join_all(names.iter().map(|name| client.sign_up(name, PASSWORD))).await {
        answer.expect(201);
    }
    server.stop();
    server.restart_with(&HASHING);
    // That makes one hash anew, which is as good for all who have the same password.
    server.logged_in("user0").await;
    let copied = "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE username = 'user0')";
    server.open_database().await.execute_unprepared(copied).await.unwrap();
    server
}

async fn log_in(client: Client, username: String) -> (Answer, Duration) {
    let body = json!({"username": username, "password": PASSWORD});
    timed(client.send(client.request(Method::POST, "/api/v1/account/login").json(&body))).await
}
