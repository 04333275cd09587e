use super::Storage;
use crate::{
    application::testing::user,
    domain::user::{ErasedUsernameKey, Role},
};

fn key(number: u8) -> ErasedUsernameKey {
    ErasedUsernameKey::new([number; 32])
}

pub(crate) async fn a_name_is_known_once_it_was_erased_and_committed(storage: Storage) {
    let transaction = storage.begin().await;
    transaction.erased_usernames().insert(&key(1)).await.unwrap();
    drop(transaction);
    for _ in 0..2 {
        let transaction = storage.begin().await;
        transaction.erased_usernames().insert(&key(2)).await.unwrap();
        transaction.commit().await.unwrap();
    }
    let transaction = storage.begin().await;
    for (keys, expected) in [
        (&[][..], false),
        (&[key(1)], false),
        (&[key(2)], true),
        (&[key(1), key(3)], false),
        (&[key(1), key(2)], true),
    ] {
        let erased_usernames = transaction.erased_usernames();
        assert_eq!(erased_usernames.contains_any(keys).await.unwrap(), expected);
    }
}

pub(crate) async fn of_many_who_insert_a_name_while_it_is_erased_none_gets_it(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let erasure = async {
        let transaction = storage.begin().await;
        let users = transaction.users();
        users.find_by_id_for_update(alice.id()).await.unwrap();
        transaction.erased_usernames().insert(&key(1)).await.unwrap();
        users.delete(alice.id()).await.unwrap();
        // So that others wait for it.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        transaction.commit().await.unwrap();
    };
    let insertions = (0..8).map(|_| async {
        let transaction = storage.begin().await;
        let is_inserted = transaction.users().insert(&user("alice", Role::User)).await.is_ok();
        if is_inserted && !transaction.erased_usernames().contains_any(&[key(1)]).await.unwrap() {
            transaction.commit().await.unwrap();
        }
    });
    futures_util::future::join(erasure, futures_util::future::join_all(insertions)).await;
    let found = storage.users.find_by_username(&alice.state().username).await;
    assert_eq!(found.unwrap(), None);
}
