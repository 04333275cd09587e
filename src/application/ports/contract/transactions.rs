use super::Storage;
use crate::{
    application::testing::user,
    domain::user::{Role, User},
};

pub(crate) async fn what_is_not_committed_did_not_happen(storage: Storage) {
    let alice = user("alice", Role::User);
    let transaction = storage.begin().await;
    transaction.users().insert(&alice).await.unwrap();
    drop(transaction);

    assert_eq!(storage.users.find_by_id(alice.id()).await.unwrap(), None);
    let found = storage.begin().await.users().find_by_id_for_update(alice.id()).await;
    assert_eq!(found.unwrap(), None);
}

pub(crate) async fn a_commit_is_seen_by_readers_at_once(storage: Storage) {
    let alice = user("alice", Role::User);
    let transaction = storage.begin().await;
    transaction.users().insert(&alice).await.unwrap();
    assert_eq!(storage.users.find_by_id(alice.id()).await.unwrap(), None);
    transaction.commit().await.unwrap();
    assert!(storage.users.find_by_id(alice.id()).await.unwrap().is_some());
}

pub(crate) async fn transactions_that_change_the_same_user_lose_no_update(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;

    let change = async |change: fn(&mut User)| {
        let transaction = storage.begin().await;
        let found = transaction.users().find_by_id_for_update(alice.id()).await.unwrap();
        let mut user = found.unwrap();
        tokio::task::yield_now().await;
        change(&mut user);
        transaction.users().save(&user).await.unwrap();
        transaction.commit().await.unwrap();
    };
    tokio::join!(
        change(|user| assert!(user.inactivate(user.state().updated_at))),
        change(|user| assert!(user.grant_admin(user.state().updated_at).unwrap())),
    );

    let view = storage.users.find_by_id(alice.id()).await.unwrap().unwrap().user;
    assert_eq!((view.is_active, view.role), (false, Role::Admin));
}
