//! How long the scripts wait for a server that asks for it.

use std::time::{Duration, Instant};

use rstest::rstest;

use super::{
    stand_in::{answer, busy, farewell, stand_in, welcome},
    support::Cookbook,
};

#[test]
#[ignore = "needs bash, curl and jq"]
fn it_comes_back_when_the_server_asks_for_it() {
    let cookbook = Cookbook::without_accounts();
    let empty = answer(200, "", r#"{"users":[],"next_cursor":null}"#);
    let (url, requests) = stand_in(&[&busy("1"), &welcome(), &busy("0"), &empty, &farewell()]);
    let start = Instant::now();
    let outcome = cookbook.run_against(&url, "export-users.sh", &[]);

    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(
        outcome.stderr,
        "The server asks to come back in 1 s: No. [service_unavailable, request r-1]\n\
         The server asks to come back in 0 s: No. [service_unavailable, request r-1]\n"
    );
    assert_eq!(requests.try_iter().count(), 5);
}

#[rstest]
#[case::it_has_asked_often_enough("0", 5)]
#[case::it_would_take_too_long("3600", 1)]
#[case::it_would_take_for_ever("99999999999999999999", 1)]
#[ignore = "needs bash, curl and jq"]
fn it_does_not_come_back_when(#[case] retry_after: &str, #[case] tries: usize) {
    let cookbook = Cookbook::without_accounts();
    let busy = busy(retry_after);
    let (url, requests) = stand_in(&[busy.as_str(); 7]);
    let outcome = cookbook.run_against(&url, "export-users.sh", &[]);

    assert_eq!(outcome.code, Some(1));
    let last = outcome.stderr.lines().last().unwrap();
    assert_eq!(last, "error: No. [service_unavailable, request r-1]");
    assert_eq!(requests.try_iter().count(), tries);
}
