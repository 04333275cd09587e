//! A log-in that fails takes the same time, whatever it fails for: nobody learns from it who has an account.

use std::time::{Duration, Instant};

use serde_json::json;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{PASSWORD, Server};

const FAILURES: [(&str, &str); 5] = [
    ("alice", "not the password"),
    ("inactive", PASSWORD),
    ("invited", PASSWORD),
    ("unknown", PASSWORD),
    ("no", PASSWORD),
];

#[apply(on_every_database)]
#[tokio::test]
async fn a_password_is_verified_whatever_a_log_in_fails_for(database: DatabaseKind) {
    let server = with_accounts(database).await;
    let [wrong, others @ ..] = times_of_failures(&server, 5).await.map(|times| times[0]);
    for other in others {
        assert!(other > wrong / 2, "{others:?} instead of {wrong:?}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_cost_that_was_lowered_does_not_tell_whose_hash_is_older(database: DatabaseKind) {
    let mut server = with_accounts(database).await;
    server.stop();
    server.restart_with(&[("APP_SECURITY__PASSWORD__BCRYPT_COST", "6")]);
    // Renews the hash of Alice and leaves that of the inactive user.
    server.logged_in("alice").await;

    let [new, others @ ..] = times_of_failures(&server, 5).await.map(|times| times[0]);

    for other in others {
        assert!(other > new / 2 && new > other / 2, "{others:?} instead of {new:?}");
    }
    let warning = "every log-in takes as long as one at bcrypt cost 10 until 4 users";
    assert!(server.log().contains(warning), "{}", server.log());
}

#[apply(on_every_database)]
#[ignore = "needs a machine that does nothing else"]
#[tokio::test]
async fn the_median_times_of_log_ins_that_fail_are_within_a_tenth(database: DatabaseKind) {
    let mut seen = Vec::new();
    // What else the machine does comes and goes; a difference that an attacker could use stays.
    for _ in 0..3 {
        let server = with_accounts(database).await;
        let times = times_of_failures(&server, 41).await;
        let medians = times.map(|times| times[times.len() / 2]);
        let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
        if *most < least.mul_f64(1.1) {
            return;
        }
        seen.push(medians);
    }
    panic!("{seen:?}");
}

async fn with_accounts(database: DatabaseKind) -> Server {
    let variables = [
        ("APP_SECURITY__PASSWORD__BCRYPT_COST", "10"),
        // More attempts fail at an account than are allowed in a row.
        ("APP_SECURITY__THROTTLE__ENABLED", "false"),
    ];
    let server = Server::start_with(database, &variables);
    let admin = server.admin("admin").await;
    for username in ["alice", "inactive"] {
        admin.create(username, "user").await;
    }
    let invited = json!({"username": "invited"});
    admin.post("/api/v1/users/", &invited).await.expect(201);
    admin.change("inactivate", "inactive").await.expect(200);
    server
}

/// How long log-ins that fail take, for each kind of failure in [`FAILURES`], sorted.
async fn times_of_failures(server: &Server, rounds: usize) -> [Vec<Duration>; 5] {
    let client = server.anonymous();
    let mut times = [const { Vec::new() }; 5];
    // In turns, so that other work on the machine slows them all.
    for _ in 0..rounds {
        for ((username, password), times) in FAILURES.iter().zip(&mut times) {
            let start = Instant::now();
            let answer = client.log_in(username, password).await;
            times.push(start.elapsed());
            answer.problem(401, "invalid_credentials");
        }
    }
    for times in &mut times {
        times.sort();
    }
    times
}
