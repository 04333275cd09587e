//! The clock of the machine is set forward and back while the server runs, under libfaketime.

use std::{fs, path::PathBuf};

use tempfile::TempDir;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::Server;

const HOUR: i64 = 3600;

#[apply(on_every_database)]
#[ignore = "needs libfaketime"]
#[tokio::test]
async fn an_ended_session_stays_ended_when_the_clock_is_set_forward_and_back(database: DatabaseKind) {
    let clock = Clock::new();
    let server = clock.serve(database);
    let logged_out = log_in_as_new(&server, "logged.out").await;
    server.carrying(&logged_out).log_out().await;
    let expired = log_in_as_new(&server, "expired").await;

    clock.set(2 * HOUR);
    assert_dead(&server, &[&logged_out, &expired]).await;
    let from_ahead = log_in_as_new(&server, "from.ahead").await;
    assert_live(&server, &[&from_ahead]).await;

    // An expired session may live again until it is purged, and one from ahead lives for longer.
    clock.set(0);
    assert_dead(&server, &[&logged_out]).await;
    assert_live(&server, &[&from_ahead]).await;

    clock.set(4 * HOUR);
    assert_dead(&server, &[&logged_out, &expired, &from_ahead]).await;
}

#[apply(on_every_database)]
#[ignore = "needs libfaketime"]
#[tokio::test]
async fn the_service_goes_on_however_the_clock_is_set(database: DatabaseKind) {
    let clock = Clock::new();
    let server = clock.serve(database);
    let mut ended = vec![log_in_as_new(&server, "alice").await];
    server.carrying(&ended[0]).log_out().await;
    // By years, by what clocks of nodes may differ, and by a leap second.
    for offset in [
        30 * 365 * 24 * HOUR,
        -30 * 365 * 24 * HOUR,
        0,
        200,
        -200,
        -HOUR,
        HOUR,
        1,
        0,
        24 * HOUR,
        0,
    ] {
        clock.set(offset);
        server.anonymous().get("/health/ready").await.expect(200);
        assert_dead(&server, &Vec::from_iter(ended.iter().map(String::as_str))).await;
        let cookie = log_in_again(&server, "alice").await;
        assert_live(&server, &[&cookie]).await;
        server.carrying(&cookie).log_out().await;
        ended.push(cookie);
    }
    let log = server.log();
    assert!(!log.contains(" ERROR "), "{log}");
}

async fn log_in_as_new(server: &Server, username: &str) -> String {
    server.user(username).await.cookie().unwrap()
}

async fn log_in_again(server: &Server, username: &str) -> String {
    server.logged_in(username).await.cookie().unwrap()
}

async fn assert_dead(server: &Server, cookies: &[&str]) {
    for cookie in cookies {
        server.carrying(cookie).me().await.problem(401, "not_authenticated");
    }
}

async fn assert_live(server: &Server, cookies: &[&str]) {
    for cookie in cookies {
        server.carrying(cookie).me().await.expect(200);
    }
}

/// The clock of one server; time passes on it as everywhere.
struct Clock {
    directory: TempDir,
}

impl Clock {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Self { directory };
        clock.set(0);
        clock
    }

    fn serve(&self, database: DatabaseKind) -> Server {
        let library = library();
        let variables = [
            ("LD_PRELOAD", library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", &self.file().display().to_string()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ];
        Server::start_with(database, &variables)
    }

    /// Sets it so many seconds ahead of the right time.
    fn set(&self, offset: i64) {
        let new = self.directory.path().join("new");
        fs::write(&new, format!("{offset:+}")).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("offset")
    }
}

/// Where Debian puts libfaketime.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap();
    let mut files = folders.map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"));
    files
        .find(|file| file.exists())
        .unwrap_or_else(|| panic!("libfaketime must be installed"))
}
