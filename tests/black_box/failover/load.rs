//! Clients who sign up, log in and ask who they are, on two nodes in turn.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use crate::support::{Answer, Client, PASSWORD, Server};

/// Clients who work in a thread of their own, which nothing else holds up, until they are told to end.
pub struct Load {
    record: Arc<Record>,
    is_over: Arc<AtomicBool>,
    clients: JoinHandle<()>,
}

/// What the clients were answered.
#[derive(Debug, Default)]
pub struct Record {
    /// The users whose sign-up was acknowledged, and when.
    acknowledged: Mutex<Vec<(String, Instant)>>,
    /// The number of answers, by status.
    answers: Mutex<BTreeMap<u16, usize>>,
    /// The time of the slowest answer.
    slowest: Mutex<Duration>,
    /// Answers that must not be.
    wrong: Mutex<Vec<String>>,
}

impl Load {
    /// Begins with this number of clients, who work on the nodes in turn.
    pub fn begin(nodes: &[Server], clients: usize) -> Self {
        let (record, is_over) = (Arc::<Record>::default(), Arc::<AtomicBool>::default());
        let bases = Vec::from_iter(nodes.iter().map(|node| node.base_url().to_owned()));
        let work = Vec::from_iter((0..clients).map(|number| Worker {
            number,
            bases: bases.clone(),
            record: Arc::clone(&record),
        }));
        let ended = Arc::clone(&is_over);
        let clients = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let work = work.into_iter().map(|worker| worker.work(&ended));
            runtime.unwrap().block_on(join_all(work));
        });
        Self {
            record,
            is_over,
            clients,
        }
    }

    /// Waits for the first sign-up that is acknowledged after this time. Returns when it was.
    pub async fn first_success_after(&self, time: Instant) -> Instant {
        loop {
            if let Some(first) = self.acknowledgements().into_iter().find(|at| *at > time) {
                return first;
            }
            assert!(
                time.elapsed() < Duration::from_secs(60),
                "nobody can sign up: {:?}",
                self.record
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Returns the longest time without an acknowledged sign-up that ended after this time.
    pub fn longest_gap_after(&self, time: Instant) -> Duration {
        let times = self.acknowledgements();
        let gaps = times
            .windows(2)
            .filter(|pair| pair[1] > time)
            .map(|pair| pair[1] - pair[0]);
        gaps.max().unwrap_or_default()
    }

    fn acknowledgements(&self) -> Vec<Instant> {
        let acknowledged = self.record.acknowledged.lock().unwrap();
        acknowledged.iter().map(|(_, at)| *at).collect()
    }

    /// Ends the work, and returns the record of it.
    pub fn end(self) -> Arc<Record> {
        self.is_over.store(true, Relaxed);
        self.clients.join().unwrap();
        self.record
    }
}

impl Record {
    /// Asserts that no answer was wrong, and that all whose sign-up was acknowledged are among these users. Returns a
    /// summary.
    pub fn judge(&self, users: &[String]) -> String {
        let users = HashSet::<_>::from_iter(users);
        let acknowledged = self.acknowledged.lock().unwrap();
        let lost = Vec::from_iter(acknowledged.iter().filter(|(name, _)| !users.contains(name)));
        let wrong = self.wrong.lock().unwrap();
        let summary = format!(
            "acknowledged sign-ups: {}, lost: {}, answers: {:?}, the slowest: {:?}",
            acknowledged.len(),
            lost.len(),
            self.answers.lock().unwrap(),
            self.slowest.lock().unwrap(),
        );
        assert!(!acknowledged.is_empty() && lost.is_empty(), "{summary}: {lost:?}");
        let first = &wrong[..wrong.len().min(5)];
        assert!(
            wrong.is_empty(),
            "{summary}, wrong: {}, such as {first:#?}",
            wrong.len()
        );
        summary
    }

    /// Records an answer. Returns whether it is of this status; otherwise it may only ask to come back.
    fn add(&self, what: &str, answer: &Answer, began: Instant, status: u16) -> bool {
        let found = answer.status.as_u16();
        *self.answers.lock().unwrap().entry(found).or_default() += 1;
        let mut slowest = self.slowest.lock().unwrap();
        *slowest = began.elapsed().max(*slowest);
        if ![status, 503].contains(&found) {
            self.wrong.lock().unwrap().push(format!("{what}: {answer:?}"));
        }
        found == status
    }
}

struct Worker {
    number: usize,
    bases: Vec<String>,
    record: Arc<Record>,
}

impl Worker {
    async fn work(self, is_over: &AtomicBool) {
        let begin = getrandom::u32().unwrap();
        for round in 0.. {
            if is_over.load(Relaxed) {
                break;
            }
            let name = format!("u{}.{begin:x}.{round}", self.number);
            // An outage must not fill the machine with refusals.
            let pause = if self.use_service(&name).await { 5 } else { 50 };
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Signs up, logs in at another node, and asks at every node who is logged in. Returns whether all of it succeeded.
    async fn use_service(&self, name: &str) -> bool {
        let node = |at: usize| &*self.bases[(self.number + at) % self.bases.len()];
        let (visitor, client) = (Client::new(node(0)), Client::new(node(1)));
        let began = Instant::now();
        if !self
            .record
            .add("sign up", &visitor.sign_up(name, PASSWORD).await, began, 201)
        {
            return false;
        }
        self.record
            .acknowledged
            .lock()
            .unwrap()
            .push((name.to_owned(), Instant::now()));
        let began = Instant::now();
        if !self.record.add(
            &format!("log in {name}"),
            &client.log_in(name, PASSWORD).await,
            began,
            200,
        ) {
            return false;
        }
        let cookie = client.cookie().unwrap();
        let mut is_served = true;
        for at in 0..4 {
            let client = Client::carrying(node(at), &cookie);
            let began = Instant::now();
            is_served &= self.record.add(&format!("me {name}"), &client.me().await, began, 200);
        }
        is_served
    }
}
