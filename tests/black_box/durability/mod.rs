//! What was acknowledged outlives `kill -9`, and what was ended does not come back.

use std::time::Duration;

use futures_util::{StreamExt, future::join_all, stream};
use sea_orm::{ConnectionTrait, Statement};
use test_database::{DatabaseKind, apply, on_every_database};
use tokio::sync::mpsc;

use crate::support::Server;

use ledger::{Account, Worker};

mod ledger;

/// How many work at once.
const WORKERS: usize = 4;

#[apply(on_every_database)]
#[tokio::test]
async fn a_kill_under_load_loses_and_revives_nothing(database: DatabaseKind) {
    kill_and_judge(database, 4).await;
}

#[apply(on_every_database)]
#[ignore = "takes minutes"]
#[tokio::test]
async fn a_hundred_kills_under_load_lose_and_revive_nothing(database: DatabaseKind) {
    kill_and_judge(database, 100).await;
}

/// Kills the server so many times, each time at some moment in the middle of much that is written, and judges what is
/// left: what the last round did each time, and everything in the end.
async fn kill_and_judge(database: DatabaseKind, rounds: usize) {
    // All workers sign up from one address.
    let many = [("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "100000")];
    let mut server = Server::start_with(database, &many);
    let root = server.super_admin("root.admin").await.cookie().unwrap();
    let mut accounts = Vec::new();
    for round in 0..rounds {
        let (acknowledge, mut acknowledgements) = mpsc::unbounded_channel();
        let workers = Vec::from_iter((0..WORKERS).map(|number| {
            let worker = Worker::new(&server, &root, acknowledge.clone());
            tokio::spawn(worker.work(format!("user.{round}.{number}")))
        }));
        drop(acknowledge);

        // After so many acknowledgements, and then some part of a request later.
        let random = getrandom::u32().unwrap();
        for _ in 0..5 + random % 60 {
            acknowledgements.recv().await.unwrap();
        }
        tokio::time::sleep(Duration::from_micros(u64::from(random >> 16) % 5_000)).await;
        server.kill();
        let worked = join_all(workers).await;
        server.restart();
        let mut latest = Vec::from_iter(worked.into_iter().flat_map(Result::unwrap));
        judge(&server, &root, &mut latest).await;
        accounts.append(&mut latest);
    }
    judge(&server, &root, &mut accounts).await;
    let sessions = accounts.iter().map(|account| account.sessions.len()).sum::<usize>();
    assert!(sessions > rounds, "{sessions} sessions are no load");
    server.kill();
    if database == DatabaseKind::Sqlite {
        assert_eq!(judgement_of_sqlite(&server).await, "ok");
    }
}

/// Asserts that every account and session is what was acknowledged last.
async fn judge(server: &Server, root: &str, accounts: &mut [Account]) {
    let admin = server.carrying(root);
    stream::iter(accounts)
        .for_each_concurrent(WORKERS, |account| account.judge(server, &admin))
        .await;
}

/// What SQLite finds wrong with the database that the killed server left behind: `ok` is nothing.
async fn judgement_of_sqlite(server: &Server) -> String {
    let database = server.open_database().await;
    let question = Statement::from_string(database.get_database_backend(), "PRAGMA integrity_check");
    let row = database.query_one_raw(question).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}
