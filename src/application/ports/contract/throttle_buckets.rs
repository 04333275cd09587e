use chrono::{DateTime, TimeDelta, Utc};

use super::{START, Storage};
use crate::{
    application::ports::Expirable,
    domain::throttle::{ThrottleBucket, ThrottleBucketState, ThrottleKey},
};

fn key(number: u8) -> ThrottleKey {
    ThrottleKey::new([number; 32])
}

fn bucket(number: u8, failures: u32, expires_at: DateTime<Utc>) -> ThrottleBucket {
    ThrottleBucket::restore(ThrottleBucketState {
        key: key(number),
        failures,
        last_at: START,
        expires_at,
    })
}

async fn insert(storage: &Storage, buckets: &[ThrottleBucket]) {
    let transaction = storage.begin().await;
    let keys = Vec::from_iter(buckets.iter().map(|bucket| bucket.state().key));
    let repository = transaction.throttle_buckets();
    repository.find_for_update(&keys, START).await.unwrap();
    repository.save(buckets).await.unwrap();
    transaction.commit().await.unwrap();
}

/// The failures in the buckets of these numbers.
async fn failures(storage: &Storage, numbers: &[u8]) -> Vec<u32> {
    let keys = Vec::from_iter(numbers.iter().copied().map(key));
    let transaction = storage.begin().await;
    let found = transaction.throttle_buckets().find_for_update(&keys, START).await;
    found.unwrap().iter().map(|bucket| bucket.state().failures).collect()
}

pub(crate) async fn buckets_come_in_the_order_of_their_keys_and_new_ones_empty(storage: Storage) {
    insert(&storage, &[bucket(2, 20, START), bucket(3, 30, START)]).await;
    assert_eq!(failures(&storage, &[3, 1, 2]).await, [30, 0, 20]);

    let transaction = storage.begin().await;
    let found = transaction.throttle_buckets().find_for_update(&[key(4)], START).await;
    assert_eq!(found.unwrap(), [ThrottleBucket::empty(key(4), START)]);
}

pub(crate) async fn a_saved_bucket_comes_back_as_it_was(storage: Storage) {
    let saved = [
        bucket(
            1,
            u32::MAX,
            DateTime::<Utc>::MAX_UTC.min(START + TimeDelta::days(100_000)),
        ),
        bucket(2, 0, START + TimeDelta::microseconds(1)),
    ];
    insert(&storage, &saved).await;
    let transaction = storage.begin().await;
    let later = START + TimeDelta::hours(1);
    let found = transaction
        .throttle_buckets()
        .find_for_update(&[key(1), key(2)], later)
        .await;
    assert_eq!(found.unwrap(), saved);
}

pub(crate) async fn what_is_not_committed_was_not_counted(storage: Storage) {
    insert(&storage, &[bucket(1, 1, START)]).await;
    let transaction = storage.begin().await;
    let counted = [bucket(1, 2, START)];
    transaction.throttle_buckets().save(&counted).await.unwrap();
    transaction
        .throttle_buckets()
        .find_for_update(&[key(2)], START)
        .await
        .unwrap();
    drop(transaction);
    assert_eq!(failures(&storage, &[1, 2]).await, [1, 0]);
}

/// Some share one bucket, some another, some both; they name them in either order.
pub(crate) async fn of_many_who_count_at_once_none_is_missed(storage: Storage) {
    let count = async |numbers: &[u8]| {
        let keys = Vec::from_iter(numbers.iter().copied().map(key));
        let transaction = storage.begin().await;
        let buckets = transaction.throttle_buckets();
        let found = buckets.find_for_update(&keys, START).await.unwrap();
        tokio::task::yield_now().await;
        let counted = found.iter().map(|bucket| {
            ThrottleBucket::restore(ThrottleBucketState {
                failures: bucket.state().failures + 1,
                ..bucket.state().clone()
            })
        });
        buckets.save(&Vec::from_iter(counted)).await.unwrap();
        transaction.commit().await.unwrap();
    };
    let sets: [&[u8]; 4] = [&[1], &[2, 1], &[2], &[1, 2]];
    futures_util::future::join_all(sets.iter().cycle().take(24).map(|numbers| count(numbers))).await;
    assert_eq!(failures(&storage, &[1, 2]).await, [18, 18]);
}

/// Some count and others delete the same buckets, and name them in either order.
pub(crate) async fn nobody_who_counts_or_deletes_waits_in_a_circle(storage: Storage) {
    let change = async |number: usize| {
        let mut keys = vec![key(1), key(2), key(3)];
        keys.rotate_left(number % 3);
        let transaction = storage.begin().await;
        let buckets = transaction.throttle_buckets();
        if number.is_multiple_of(2) {
            buckets.find_for_update(&keys, START).await.unwrap();
        } else {
            buckets.delete(&keys).await.unwrap();
        }
        transaction.commit().await.unwrap();
    };
    futures_util::future::join_all((0..48).map(change)).await;
}

pub(crate) async fn a_deleted_bucket_begins_anew(storage: Storage) {
    insert(
        &storage,
        &[bucket(1, 10, START), bucket(2, 20, START), bucket(4, 40, START)],
    )
    .await;
    let transaction = storage.begin().await;
    let buckets = transaction.throttle_buckets();
    buckets.delete(&[key(1), key(3), key(4)]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(failures(&storage, &[1, 2, 4]).await, [0, 20, 0]);
}

pub(crate) async fn no_buckets_can_be_saved_and_deleted(storage: Storage) {
    insert(&storage, &[bucket(1, 10, START)]).await;
    let transaction = storage.begin().await;
    transaction.throttle_buckets().save(&[]).await.unwrap();
    transaction.throttle_buckets().delete(&[]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(failures(&storage, &[1]).await, [10]);
}

pub(crate) async fn expired_buckets_are_deleted_up_to_the_limit_the_first_to_expire_first(storage: Storage) {
    let at = |microseconds| START + TimeDelta::microseconds(microseconds);
    let expiring = [4, 2, 3, 1].map(|number: u8| bucket(number, 1, at(number.into())));
    insert(&storage, &expiring).await;
    // At 2 none is left, because the first ones were deleted at 3.
    for (time, deleted) in [(3, 2), (2, 0), (3, 1), (3, 0)] {
        let transaction = storage.begin().await;
        let purged = transaction.purge(Expirable::ThrottleBuckets, at(time), 2).await;
        assert_eq!(purged.unwrap(), deleted);
        transaction.commit().await.unwrap();
    }
    assert_eq!(failures(&storage, &[1, 2, 3, 4]).await, [0, 0, 0, 1]);
}
