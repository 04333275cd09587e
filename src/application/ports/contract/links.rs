use chrono::TimeDelta;

use super::{START, Storage, secret};
use crate::{
    application::{
        ports::Expirable,
        testing::{invited, user},
        views::OneTimeLinkView,
    },
    domain::{
        link::{LinkLifetimes, OneTimeLink},
        user::{Role, User},
    },
};

const LIFETIMES: LinkLifetimes = LinkLifetimes {
    invitation: TimeDelta::hours(72),
    recovery: TimeDelta::hours(24),
};

/// A link to `user`, issued at [`START`], with the [`secret`] of this number.
fn link(user: &User, number: u8) -> OneTimeLink {
    OneTimeLink::issue(user, &secret(number), &LIFETIMES, START)
}

async fn store(storage: &Storage, links: &[&OneTimeLink]) {
    let transaction = storage.begin().await;
    for link in links {
        transaction.links().replace(link).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn link_of(storage: &Storage, user: &User) -> Option<OneTimeLink> {
    storage.begin().await.links().find_of(user.id()).await.unwrap()
}

pub(crate) async fn a_link_comes_back_as_it_was(storage: Storage) {
    let (alice, brian) = (user("alice", Role::User), invited("brian", Role::Admin));
    storage.insert_users(&[&alice, &brian]).await;
    let (recovery, invitation) = (link(&alice, 1), link(&brian, 2));
    store(&storage, &[&recovery, &invitation]).await;
    assert_eq!(link_of(&storage, &alice).await, Some(recovery));
    assert_eq!(link_of(&storage, &brian).await, Some(invitation));
}

pub(crate) async fn a_link_takes_the_place_of_the_former_one(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let (first, second) = (link(&alice, 1), link(&alice, 2));
    store(&storage, &[&first]).await;
    store(&storage, &[&second]).await;
    assert_eq!(link_of(&storage, &alice).await, Some(second));
    assert_eq!(storage.links.find(&secret(1).digest(), START).await.unwrap(), None);
}

pub(crate) async fn a_link_to_nobody_is_refused(storage: Storage) {
    let transaction = storage.begin().await;
    let stored = transaction.links().replace(&link(&user("nobody", Role::User), 1)).await;
    assert!(stored.is_err());
}

pub(crate) async fn a_deleted_link_is_gone(storage: Storage) {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    store(&storage, &[&link(&alice, 1), &link(&brian, 2)]).await;
    let transaction = storage.begin().await;
    for is_there in [true, false] {
        assert_eq!(transaction.links().delete_of(alice.id()).await.unwrap(), is_there);
    }
    transaction.commit().await.unwrap();
    assert_eq!(link_of(&storage, &alice).await, None);
    assert!(link_of(&storage, &brian).await.is_some());
}

pub(crate) async fn a_link_is_read_by_its_secret_while_it_lives_and_its_user_is_active(storage: Storage) {
    let mut alice = user("Alice", Role::User);
    storage.insert_users(&[&alice, &user("brian", Role::User)]).await;
    let link = link(&alice, 1);
    store(&storage, &[&link]).await;
    let expires_at = link.state().expires_at;
    let find = async |number, now| storage.links.find(&secret(number).digest(), now).await.unwrap();

    let expected = OneTimeLinkView {
        user_id: alice.id(),
        username: alice.state().username.clone(),
        kind: link.state().kind,
        expires_at,
    };
    let found = find(1, expires_at - TimeDelta::microseconds(1)).await.unwrap();
    assert_eq!(found, expected);
    assert_eq!(found.username.as_str(), "Alice");
    assert_eq!(find(1, expires_at).await, None);
    assert_eq!(find(2, START).await, None);

    alice.inactivate(START);
    let transaction = storage.begin().await;
    transaction.users().save(&alice).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(find(1, START).await, None);
}

pub(crate) async fn expired_links_are_deleted_up_to_the_limit_the_first_to_expire_first(storage: Storage) {
    // An invitation lives longer.
    let users = [
        invited("invited", Role::User),
        user("alice", Role::User),
        user("brian", Role::User),
    ];
    storage.insert_users(&users.each_ref()).await;
    let links = [link(&users[0], 1), link(&users[1], 2), link(&users[2], 3)];
    store(&storage, &links.each_ref()).await;
    let purge = async |now, limit| {
        let transaction = storage.begin().await;
        let purged = transaction.purge(Expirable::Links, now, limit).await.unwrap();
        transaction.commit().await.unwrap();
        purged
    };
    let recovery_ends = START + LIFETIMES.recovery;
    assert_eq!(purge(recovery_ends - TimeDelta::microseconds(1), 9).await, 0);
    assert_eq!(purge(START + LIFETIMES.invitation, 1).await, 1);
    assert_eq!(purge(recovery_ends, 9).await, 1);
    assert_eq!(link_of(&storage, &users[0]).await.as_ref(), Some(&links[0]));
    assert_eq!(purge(START + LIFETIMES.invitation, 9).await, 1);
}
