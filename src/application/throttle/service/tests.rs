mod known_devices;

use rstest::rstest;
use thiserror::Error;

use super::*;
use crate::application::testing::{World, provenance, user};
use crate::domain::user::Role;

#[derive(Debug, Error)]
enum Outcome {
    #[error("the attempt failed")]
    Failed,
    #[error(transparent)]
    Throttled(#[from] Throttled),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

fn subjects(name: &str) -> Vec<ThrottleSubject> {
    ThrottleSubject::of_log_in(name, provenance().address, None)
}

/// Makes an attempt with this outcome, unless it is throttled.
async fn attempt(world: &World, subjects: &[ThrottleSubject], outcome: Result<(), Outcome>) -> Result<(), Outcome> {
    let throttle = world.throttle();
    let attempt = async |reservation: &Reservation| {
        outcome?;
        let transaction = world.store().begin().await?;
        throttle.succeed(transaction.as_ref(), reservation).await?;
        Ok(transaction.commit().await?)
    };
    throttle
        .attempt(subjects, attempt, |error| matches!(error, Outcome::Failed))
        .await
}

async fn fail(world: &World, name: &str) -> Result<(), Outcome> {
    attempt(world, &subjects(name), Err(Outcome::Failed)).await
}

/// Returns how long the next attempt at `name` has to wait, if it does.
async fn wait(world: &World, name: &str) -> Option<TimeDelta> {
    match attempt(
        world,
        &subjects(name),
        Err(Outcome::Storage(StorageError::Failed("".into()))),
    )
    .await
    {
        Err(Outcome::Throttled(Throttled { retry_after })) => Some(retry_after),
        _ => None,
    }
}

#[tokio::test]
async fn each_further_failure_doubles_the_wait() {
    let world = World::new();
    for _ in 0..World::FREE_ATTEMPTS {
        assert!(matches!(fail(&world, "alice").await, Err(Outcome::Failed)));
    }
    for doublings in 0..4 {
        let delay = World::FIRST_DELAY * (1 << doublings);
        assert_eq!(wait(&world, "alice").await, Some(delay));
        world.advance(delay);
        assert!(matches!(fail(&world, "alice").await, Err(Outcome::Failed)));
    }
}

#[tokio::test]
async fn throttled_attempts_are_not_counted() {
    let world = World::new();
    for _ in 0..World::FREE_ATTEMPTS {
        let _ = fail(&world, "alice").await;
    }
    for _ in 0..100 {
        assert!(matches!(fail(&world, "alice").await, Err(Outcome::Throttled(_))));
    }
    assert_eq!(wait(&world, "alice").await, Some(World::FIRST_DELAY));
}

#[tokio::test]
async fn parallel_attempts_do_not_evade_the_limit() {
    let world = World::new();
    let many = futures_util::future::join_all((0..100).map(|_| fail(&world, "alice"))).await;
    let failed = many.iter().filter(|outcome| matches!(outcome, Err(Outcome::Failed)));
    assert_eq!(failed.count(), World::FREE_ATTEMPTS as usize);
}

#[tokio::test]
async fn an_abandoned_attempt_counts_against_the_network() {
    use futures_util::FutureExt;
    let world = World::new();
    let throttle = world.throttle();
    for number in 0..3 * World::FREE_ATTEMPTS {
        let subjects = subjects(&format!("user{number}"));
        let attempt = throttle.attempt(
            &subjects,
            async |_| std::future::pending::<Result<(), Outcome>>().await,
            |_| true,
        );
        assert!(attempt.now_or_never().is_none(), "it is dropped in flight");
    }
    let outcome = throttle
        .attempt(&subjects("alice"), async |_| Ok::<(), Outcome>(()), |_| true)
        .await;
    assert!(matches!(outcome, Err(Outcome::Throttled(_))));
}

#[tokio::test]
async fn users_who_log_in_at_once_from_one_network_do_not_delay_each_other() {
    let world = World::new();
    let throttle = world.throttle();
    let mut waiting = Vec::new();
    for number in 0..100 {
        waiting.push(
            throttle
                .reserve(&subjects(&format!("user{number}")))
                .await
                .unwrap()
                .unwrap(),
        );
    }
    let transaction = world.store().begin().await.unwrap();
    for reservation in &waiting {
        throttle.succeed(transaction.as_ref(), reservation).await.unwrap();
    }
}

#[tokio::test]
async fn success_clears_the_account_and_does_not_count_against_the_network() {
    let world = World::new();
    for _ in 0..3 * World::FREE_ATTEMPTS - 1 {
        world.advance(World::MAX_DELAY);
        let _ = fail(&world, "alice").await;
    }
    world.advance(World::MAX_DELAY);
    attempt(&world, &subjects("alice"), Ok(())).await.unwrap();
    assert_eq!(wait(&world, "alice").await, None);
    // One more failure, and every client of that network has to wait.
    let _ = fail(&world, "brian").await;
    assert_eq!(wait(&world, "carol").await, Some(World::FIRST_DELAY));
}

#[tokio::test]
async fn an_account_is_closed_to_strangers_from_everywhere_at_the_limit() {
    let world = World::new();
    let from = |number: u32| {
        let address = std::net::Ipv4Addr::from_bits(number).into();
        ThrottleSubject::of_log_in("alice", Some(address), None)
    };
    let mut failed = 0;
    for number in 0..10 * World::MOST_FAILURES {
        world.advance(World::MAX_DELAY);
        if let Err(Outcome::Failed) = attempt(&world, &from(number), Err(Outcome::Failed)).await {
            failed += 1;
        }
        if failed == World::MOST_FAILURES {
            break;
        }
    }
    let refusal = attempt(&world, &from(0), Ok(())).await;
    assert!(
        matches!(refusal, Err(Outcome::Throttled(Throttled { retry_after })) if retry_after == World::FORGET_ONE_AFTER)
    );
    world.advance(World::FORGET_ONE_AFTER);
    attempt(&world, &from(0), Ok(())).await.unwrap();
}

#[tokio::test]
async fn successful_log_ins_to_one_account_from_one_network_are_limited() {
    let world = World::new();
    for _ in 0..World::FREE_LOG_INS {
        attempt(&world, &subjects("alice"), Ok(())).await.unwrap();
    }
    assert_eq!(wait(&world, "alice").await, Some(World::FIRST_DELAY));
    assert_eq!(wait(&world, "brian").await, None);
    let elsewhere = ThrottleSubject::of_log_in("alice", Some([192, 0, 2, 2].into()), None);
    attempt(&world, &elsewhere, Ok(())).await.unwrap();
}

#[tokio::test]
async fn guesses_from_every_64_of_one_48_are_guesses_of_one_client() {
    let world = World::new();
    let mut failed = 0;
    for subnet in 0..60_u128 {
        let address = std::net::Ipv6Addr::from_bits(0x2001_0db8_0001_u128 << 80 | subnet << 64 | 1).into();
        let subjects = ThrottleSubject::of_log_in(&format!("user{subnet}"), Some(address), None);
        if let Err(Outcome::Failed) = attempt(&world, &subjects, Err(Outcome::Failed)).await {
            failed += 1;
        }
    }
    assert_eq!(failed, 3 * World::FREE_ATTEMPTS);
}

/// Returns the stored credentials of `user`.
fn credentials(user: &User) -> Credentials {
    Credentials {
        user_id: user.id(),
        password_hash: user.password_hash().cloned(),
        generation: user.credentials_generation(),
        is_active: user.is_active(),
    }
}

/// Another attempt is counted a moment later, while the first one waits for the lock.
#[tokio::test]
async fn an_attempt_that_waited_for_the_lock_is_not_delayed_for_it() {
    let world = World::new();
    let _ = fail(&world, "alice").await;
    world.advance(-TimeDelta::seconds(2));
    assert_eq!(wait(&world, "alice").await, None);
}

#[tokio::test]
async fn a_new_password_clears_the_failures_with_the_old_one() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let subjects = [
        ThrottleSubject::Account("alice".into()),
        ThrottleSubject::KnownDevices(alice.id()),
    ];
    for subject in &subjects {
        for _ in 0..2 * World::FREE_ATTEMPTS {
            let _ = attempt(&world, std::slice::from_ref(subject), Err(Outcome::Failed)).await;
            world.advance(World::FIRST_DELAY);
        }
    }
    let transaction = world.store().begin().await.unwrap();
    world
        .throttle()
        .forget(transaction.as_ref(), &alice, None)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    for subject in &subjects {
        attempt(&world, std::slice::from_ref(subject), Ok(())).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_counted_and_no_device_known_without_a_policy() {
    let alice = user("alice", Role::User);
    let world = World::new();
    let token = world.throttle().remember_device(&alice, world.now()).unwrap();
    let throttle = Throttle {
        policy: None,
        ..Arc::into_inner(world.throttle()).unwrap()
    };
    for _ in 0..=World::FREE_ATTEMPTS {
        let outcome = throttle
            .attempt(&subjects("alice"), async |_| Err::<(), _>(Outcome::Failed), |_| true)
            .await;
        assert!(matches!(outcome, Err(Outcome::Failed)));
    }
    assert_eq!(world.throttle_bucket_count(), 0);
    assert!(!throttle.is_known_device(token.as_ref(), &credentials(&alice)));
    assert_eq!(throttle.remember_device(&alice, world.now()).unwrap(), None);
    for _ in 0..=World::CHANGES_PER_MINUTE {
        throttle.spend_change(alice.id()).unwrap();
    }
}

#[tokio::test]
async fn no_attempt_is_allowed_without_storage() {
    let world = World::new();
    world.store().fail_commits();
    let outcome = attempt(&world, &subjects("alice"), Ok(())).await;
    assert!(matches!(outcome, Err(Outcome::Storage(_))));
}

#[rstest]
#[case(1, 1)]
#[case(999, 1)]
#[case(1000, 1)]
#[case(1001, 2)]
fn a_wait_is_rounded_up_to_whole_seconds(#[case] milliseconds: i64, #[case] seconds: u64) {
    let throttled = Throttled {
        retry_after: TimeDelta::milliseconds(milliseconds),
    };
    assert_eq!(throttled.seconds(), seconds);
}
