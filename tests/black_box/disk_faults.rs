//! The disk of a SQLite database is full, or does not let it be written.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::support::{Answer, Client, PASSWORD, PATIENCE, Program, Server, SmallDisk};

/// How soon a write must be refused.
const AT_ONCE: Duration = Duration::from_secs(1);

#[ignore = "mounts filesystems"]
#[tokio::test]
async fn while_the_disk_is_full_writes_are_refused_reads_go_on_and_nothing_acknowledged_is_lost() {
    let disk = SmallDisk::in_memory();
    let mut server = Server::start_at(&disk.database_url(), &[]);
    let people = People::of(&server).await;

    disk.fill();
    people
        .assert_only_reads_go_on(&server, "the disk of the database file is full: make room on it")
        .await;
    disk.make_room();
    people.assert_everything_goes_on(&server).await;
    assert_eq!(judgement(&mut server, &disk).await, "ok");
}

#[ignore = "mounts filesystems"]
#[tokio::test]
async fn what_is_acknowledged_while_the_disk_fills_up_under_load_is_there_afterwards() {
    let disk = SmallDisk::in_memory();
    // All workers sign up from one address.
    let many = [("APP_SECURITY__THROTTLE__FREE_SIGN_UPS_PER_ADDRESS", "1000")];
    let mut server = Server::start_at(&disk.database_url(), &many);
    let root = server.super_admin("root.admin").await;
    let (refused, anonymous) = (AtomicUsize::new(0), server.anonymous());
    let sign_ups = join_all((0..4).map(async |worker| {
        let mut acknowledged = Vec::new();
        for number in 0..50 {
            let name = format!("user.{worker}.{number}");
            let answer = anonymous.sign_up(&name, PASSWORD).await;
            if answer.status == 201 {
                acknowledged.push(name);
            } else {
                answer.problem(503, "service_unavailable");
                refused.fetch_add(1, Relaxed);
            }
        }
        acknowledged
    }));
    let filling = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        disk.fill();
        let start = Instant::now();
        while refused.load(Relaxed) < 20 {
            assert!(start.elapsed() < PATIENCE, "a full disk refuses nothing");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        disk.make_room();
    };
    let (acknowledged, ()) = join(sign_ups, filling).await;

    let acknowledged = acknowledged.concat();
    assert!(acknowledged.len() > 20, "{acknowledged:?}");
    server.kill();
    server.restart();
    let root = root.at(&server);
    for name in acknowledged {
        let found = root.find(&name).await;
        assert!(found.iter().any(|user| user["username"] == *name), "{name} is lost");
    }
    assert_eq!(judgement(&mut server, &disk).await, "ok");
}

#[ignore = "mounts filesystems"]
#[tokio::test]
async fn a_start_on_a_full_disk_is_refused_with_the_reason() {
    let disk = SmallDisk::in_memory();
    let program = Program::at(&disk.database_url(), &[]);
    let start_on_full_disk = || {
        disk.fill();
        let refusal = refused_start(&program);
        assert!(
            refusal.contains("the disk of the database file is full: make room on it"),
            "{refusal}"
        );
        disk.make_room();
    };
    start_on_full_disk();
    program.run(&["migrate", "up"]).succeeded();
    start_on_full_disk();
    Server::of(program).anonymous().get("/health/ready").await.expect(200);
}

#[ignore = "mounts filesystems"]
#[test]
fn a_start_on_a_read_only_disk_is_refused_with_the_reason() {
    let disk = SmallDisk::in_memory();
    let program = Program::at(&disk.database_url(), &[]);
    let start_on_read_only_disk = || {
        disk.remount("ro");
        let refusal = refused_start(&program);
        assert!(refusal.contains("cannot write the database file"), "{refusal}");
        assert!(refusal.contains("Read-only file system"), "{refusal}");
        disk.remount("rw");
    };
    start_on_read_only_disk();
    program.run(&["migrate", "up"]).succeeded();
    start_on_read_only_disk();
}

#[ignore = "mounts filesystems"]
#[tokio::test]
async fn while_the_file_is_read_only_writes_are_refused_and_reads_go_on() {
    let disk = SmallDisk::in_a_file();
    let mut server = Server::start_at(&disk.database_url(), &[]);
    let people = People::of(&server).await;

    disk.set_immutable(true);
    people
        .assert_only_reads_go_on(&server, "the database file cannot be read or written")
        .await;
    disk.set_immutable(false);
    people.assert_everything_goes_on(&server).await;
    assert_eq!(judgement(&mut server, &disk).await, "ok");
}

#[ignore = "mounts filesystems"]
#[tokio::test]
async fn after_the_disk_was_found_damaged_and_repaired_everything_acknowledged_is_there() {
    let disk = SmallDisk::in_a_file();
    let mut server = Server::start_at(&disk.database_url(), &[]);
    let people = People::of(&server).await;

    // As the kernel does when it finds the filesystem damaged: nothing is written any more, whoever has it open.
    disk.remount("abort");
    people
        .assert_only_reads_go_on(&server, "the database file cannot be read or written")
        .await;
    server.stop();
    let refusal = server.run(&["serve"]).refused();
    assert!(refusal.contains("Read-only file system"), "{refusal}");

    disk.repair();
    server.restart();
    people.at(&server).assert_everything_goes_on(&server).await;
    assert_eq!(judgement(&mut server, &disk).await, "ok");
}

/// What the program says when it does not start.
fn refused_start(program: &Program) -> String {
    let outcome = program.run(&["serve"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    outcome.stderr
}

/// What SQLite finds wrong with the database after the server was killed: `ok` is nothing.
async fn judgement(server: &mut Server, disk: &SmallDisk) -> String {
    server.kill();
    let database = Database::connect(disk.database_url()).await.unwrap();
    let question = Statement::from_string(database.get_database_backend(), "PRAGMA integrity_check");
    let row = database.query_one_raw(question).await.unwrap().unwrap();
    let judgement = row.try_get_by_index(0).unwrap();
    database.close().await.unwrap();
    judgement
}

/// Who uses the server before, during and after.
struct People {
    root: Client,
    alice: Client,
    /// Has logged out.
    former: Client,
}

impl People {
    async fn of(server: &Server) -> Self {
        let root = server.super_admin("root.admin").await;
        let alice = server.user("alice").await;
        let former = server.carrying(&alice.cookie().unwrap());
        alice.log_out().await;
        let alice = server.logged_in("alice").await;
        Self { root, alice, former }
    }

    fn at(self, server: &Server) -> Self {
        Self {
            root: self.root.at(server),
            alice: self.alice.at(server),
            former: self.former.at(server),
        }
    }

    /// Asserts that every write is refused at once, for a reason that the log tells, and that every read is answered.
    async fn assert_only_reads_go_on(&self, server: &Server, reason: &str) {
        for round in 0..3 {
            for (name, answer, elapsed) in self.write(server).await {
                answer.problem(503, "service_unavailable");
                assert!(elapsed < AT_ONCE, "{name} took {elapsed:?} in round {round}");
            }
            self.assert_reads_go_on().await;
        }
        assert!(server.log().contains(reason), "{reason} is not told:\n{}", server.log());
    }

    /// Asserts that nothing of what was refused has happened, and that all of it happens now, at the first try.
    async fn assert_everything_goes_on(&self, server: &Server) {
        self.assert_reads_go_on().await;
        assert!(self.root.find("brian").await.is_empty());
        for (name, answer, _) in self.write(server).await {
            assert!(answer.status.is_success(), "{name}: {answer:?}");
        }
        self.alice.me().await.problem(401, "not_authenticated");
        assert_eq!(self.root.find("alice").await[0]["is_active"], false);
        server.logged_in("brian").await;
    }

    async fn assert_reads_go_on(&self) {
        for path in ["/api/v1/account/me", "/api/v1/users/", "/health/live", "/health/ready"] {
            self.root.get(path).await.expect(200);
        }
        self.alice.me().await.expect(200);
        self.former.me().await.problem(401, "not_authenticated");
    }

    /// Writes in every way, and returns the answers with how long they took.
    async fn write(&self, server: &Server) -> Vec<(&'static str, Answer, Duration)> {
        let mut answers = Vec::new();
        let mut record = |name, started: Instant, answer| answers.push((name, answer, started.elapsed()));
        let anonymous = server.anonymous();
        let now = Instant::now();
        record("sign-up", now, anonymous.sign_up("brian", PASSWORD).await);
        let now = Instant::now();
        record("log-in", now, anonymous.log_in("root.admin", PASSWORD).await);
        let now = Instant::now();
        let changed = self
            .alice
            .change_password("alice", "another password", Some(PASSWORD))
            .await;
        record("change of password", now, changed);
        let now = Instant::now();
        record("log-out", now, self.alice.log_out().await);
        let now = Instant::now();
        record("inactivation", now, self.root.change("inactivate", "alice").await);
        answers
    }
}
