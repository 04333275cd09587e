use chrono::TimeDelta;

use super::{START, Storage, session};
use crate::{
    application::{
        ports::InsertUserError,
        testing::{hash_of, invited, user},
    },
    domain::user::{Role, User, UserState, Username},
};

pub(crate) async fn a_stored_user_comes_back_unchanged(storage: Storage) {
    for (username, role, is_active) in [
        ("Alice", Role::User, true),
        ("brian", Role::Admin, false),
        ("carol", Role::SuperAdmin, true),
    ] {
        let user = User::restore(UserState {
            is_active,
            created_at: START,
            updated_at: START + TimeDelta::microseconds(1),
            ..user(username, role).state().clone()
        });
        storage.insert_users(&[&user]).await;

        let transaction = storage.begin().await;
        let by_id = transaction.users().find_by_id_for_update(user.id()).await.unwrap();
        assert_eq!(by_id.as_ref(), Some(&user));
        assert_eq!(by_id.unwrap().state().username.as_str(), username);

        let name = Username::new(username.to_ascii_uppercase()).unwrap();
        let by_name = transaction.users().find_for_update(&name).await.unwrap();
        assert_eq!(by_name, Some(user));
    }
}

pub(crate) async fn usernames_are_unique_whatever_their_case(storage: Storage) {
    storage.insert_users(&[&user("alice", Role::User)]).await;
    let transaction = storage.begin().await;
    let refusal = transaction.users().insert(&user("ALICE", Role::User)).await;
    assert!(matches!(refusal, Err(InsertUserError::UsernameAlreadyExists)));
}

pub(crate) async fn a_saved_user_comes_back_changed(storage: Storage) {
    let (mut alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;

    alice.grant_admin(START).unwrap();
    alice.inactivate(START);
    alice.change_password(hash_of("battery staple"), START);
    alice.revoke_credentials();
    let transaction = storage.begin().await;
    transaction.users().save(&alice).await.unwrap();
    transaction.commit().await.unwrap();

    let transaction = storage.begin().await;
    for user in [alice, brian] {
        let found = transaction.users().find_by_id_for_update(user.id()).await.unwrap();
        assert_eq!(found, Some(user));
    }
}

pub(crate) async fn a_deleted_user_is_gone_with_all_sessions(storage: Storage) {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    let sessions = [session(&alice, 1), session(&alice, 2), session(&brian, 3)];
    storage.insert_sessions(&sessions.each_ref()).await;

    let transaction = storage.begin().await;
    transaction.users().delete(alice.id()).await.unwrap();
    transaction.commit().await.unwrap();

    assert_eq!(storage.users.find_by_id(alice.id()).await.unwrap(), None);
    assert!(storage.users.find_by_id(brian.id()).await.unwrap().is_some());
    for (user, expected) in [(&alice, 0), (&brian, 1)] {
        let left = storage.sessions.list_live(user.id(), START).await.unwrap();
        assert_eq!(left.len(), expected);
    }
}

pub(crate) async fn active_super_admins_are_counted(storage: Storage) {
    let mut inactive = user("inactive", Role::SuperAdmin);
    inactive.inactivate(START);
    storage
        .insert_users(&[
            &inactive,
            &user("first", Role::SuperAdmin),
            &user("second", Role::SuperAdmin),
            &invited("invited", Role::SuperAdmin),
            &user("admin", Role::Admin),
        ])
        .await;
    let transaction = storage.begin().await;
    assert_eq!(
        transaction
            .users()
            .count_active_super_admins_for_update()
            .await
            .unwrap(),
        2
    );
}

pub(crate) async fn of_many_who_ask_for_one_name_at_once_one_gets_it(storage: Storage) {
    let attempts = (0..16).map(|_| async {
        let transaction = storage.begin().await;
        let inserted = transaction.users().insert(&user("alice", Role::User)).await;
        if inserted.is_ok() {
            transaction.commit().await.unwrap();
        }
        inserted
    });
    let results = futures_util::future::join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Ok(()) | Err(InsertUserError::UsernameAlreadyExists)))
    );
}
