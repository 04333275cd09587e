use chrono::TimeDelta;

use super::{START, Storage, secret, session, user_pages::first_place};
use crate::{
    application::{
        paging::{SortingOrder, UserFilter, UserPageRequest, UserSortingField},
        testing::{hash_of, invited, user},
        views::{SessionView, UserDetails, UserView},
    },
    domain::{
        session::{AuthSession, AuthSessionState},
        user::{Role, User, UserState, Username, UsernamePrefix},
    },
};

async fn usernames(storage: &Storage, filter: &UserFilter, page: &UserPageRequest) -> Vec<String> {
    let page = storage.users.list(filter, page).await.unwrap();
    page.users.into_iter().map(|details| details.user.username).collect()
}

/// Three users whom every sorting field puts into another order.
async fn insert_three(storage: &Storage) {
    for (username, role, is_active, created, updated) in [
        ("Carol", Role::User, true, 0, 30),
        ("alice", Role::SuperAdmin, true, 1, 10),
        ("Brian", Role::Admin, false, 2, 20),
    ] {
        let user = User::restore(UserState {
            is_active,
            created_at: START + TimeDelta::microseconds(created),
            updated_at: START + TimeDelta::milliseconds(updated),
            ..user(username, role).state().clone()
        });
        storage.insert_users(&[&user]).await;
    }
}

pub(crate) async fn users_are_found_by_id_and_name(storage: Storage) {
    let alice = user("Alice", Role::Admin);
    storage.insert_users(&[&alice]).await;
    let view = Some(UserDetails {
        user: UserView::from(&alice),
        last_seen_at: None,
    });
    assert_eq!(storage.users.find_by_id(alice.id()).await.unwrap(), view);
    let name = Username::new("aLICE").unwrap();
    assert_eq!(storage.users.find_by_username(&name).await.unwrap(), view);

    let nobody = user("nobody", Role::User);
    assert_eq!(storage.users.find_by_id(nobody.id()).await.unwrap(), None);
    assert_eq!(
        storage.users.find_by_username(&nobody.state().username).await.unwrap(),
        None
    );
}

pub(crate) async fn who_has_no_password_is_invited(storage: Storage) {
    let mut alice = invited("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let name = alice.state().username.clone();
    for is_invited in [true, false] {
        let transaction = storage.begin().await;
        let stored = transaction.users().find_by_id_for_update(alice.id()).await.unwrap();
        assert_eq!(stored.as_ref(), Some(&alice));
        let credentials = storage.identities.find_credentials(&name).await.unwrap().unwrap();
        assert_eq!(credentials.password_hash.as_ref(), alice.password_hash());
        let view = storage.users.find_by_id(alice.id()).await.unwrap().unwrap();
        assert_eq!(view.user.is_invited, is_invited);
        let page = storage
            .users
            .list(&UserFilter::default(), &UserPageRequest::default())
            .await;
        assert_eq!(page.unwrap().users, [view]);

        alice.change_password(hash_of("battery staple"), START);
        transaction.users().save(&alice).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

pub(crate) async fn credentials_are_found_for_inactive_users_too(storage: Storage) {
    let mut alice = user("alice", Role::User);
    alice.inactivate(START);
    storage.insert_users(&[&alice]).await;
    let name = Username::new("ALICE").unwrap();
    let credentials = storage.identities.find_credentials(&name).await.unwrap().unwrap();
    assert_eq!(credentials.user_id, alice.id());
    assert_eq!(credentials.generation, alice.credentials_generation());
    assert!(!credentials.is_active);
    assert_eq!(
        credentials.password_hash,
        Some(hash_of(crate::application::testing::PASSWORD))
    );

    let nobody = Username::new("nobody").unwrap();
    assert!(storage.identities.find_credentials(&nobody).await.unwrap().is_none());
}

pub(crate) async fn an_identity_is_a_session_with_its_active_user(storage: Storage) {
    let (mut alice, brian) = (user("alice", Role::Admin), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    let session = session(&alice, 1);
    storage.insert_sessions(&[&session]).await;

    let identity = storage.identities.find_identity(&secret(1).digest()).await.unwrap();
    let identity = identity.unwrap();
    assert_eq!(identity.session, session);
    assert_eq!(identity.user, UserView::from(&alice));
    assert!(
        storage
            .identities
            .find_identity(&secret(2).digest())
            .await
            .unwrap()
            .is_none()
    );

    alice.inactivate(START);
    let transaction = storage.begin().await;
    transaction.users().save(&alice).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(
        storage
            .identities
            .find_identity(&secret(1).digest())
            .await
            .unwrap()
            .is_none()
    );
}

pub(crate) async fn living_sessions_of_a_user_are_listed_newest_first(storage: Storage) {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    let begun = |number, microseconds| {
        let state = session(&alice, number).state().clone();
        AuthSession::restore(AuthSessionState {
            created_at: START + TimeDelta::microseconds(microseconds),
            last_seen_at: START + TimeDelta::microseconds(microseconds + 1),
            ..state
        })
    };
    let [old, new, as_new] = [begun(3, 1), begun(1, 2), begun(2, 2)];
    let expiry = old.expires_at();
    let expired = AuthSession::restore(AuthSessionState {
        expires_at: expiry - TimeDelta::microseconds(1),
        ..begun(4, 3).state().clone()
    });
    let anothers = session(&brian, 5);
    storage
        .insert_sessions(&[&old, &new, &as_new, &expired, &anothers])
        .await;

    let just_before = expiry - TimeDelta::microseconds(1);
    let listed = storage.sessions.list_live(alice.id(), just_before).await.unwrap();
    let views = [as_new, new, old].map(SessionView::from);
    assert_eq!(listed, views);
    assert_eq!(storage.sessions.list_live(alice.id(), expiry).await.unwrap(), []);
}

pub(crate) async fn users_are_sorted_by_every_field_in_both_directions(storage: Storage) {
    insert_three(&storage).await;
    for (sorting_field, ascending, descending) in [
        (
            UserSortingField::Username,
            ["alice", "Brian", "Carol"],
            ["Carol", "Brian", "alice"],
        ),
        (
            UserSortingField::Role,
            ["Carol", "Brian", "alice"],
            ["alice", "Brian", "Carol"],
        ),
        // Ties are broken by id in the same direction: Carol is older than alice.
        (
            UserSortingField::IsActive,
            ["Brian", "Carol", "alice"],
            ["alice", "Carol", "Brian"],
        ),
        (
            UserSortingField::CreatedAt,
            ["Carol", "alice", "Brian"],
            ["Brian", "alice", "Carol"],
        ),
        (
            UserSortingField::UpdatedAt,
            ["alice", "Brian", "Carol"],
            ["Carol", "Brian", "alice"],
        ),
    ] {
        for (sorting_order, expected) in [
            (SortingOrder::Ascending, ascending),
            (SortingOrder::Descending, descending),
        ] {
            let page = UserPageRequest {
                start: first_place(sorting_field),
                sorting_order,
                ..UserPageRequest::default()
            };
            let sorted = usernames(&storage, &UserFilter::default(), &page).await;
            assert_eq!(sorted, expected, "{sorting_field:?} {sorting_order:?}");
        }
    }
}

pub(crate) async fn filters_let_through_what_they_say(storage: Storage) {
    insert_three(&storage).await;
    let prefix = |text| Some(UsernamePrefix::new(text).unwrap());
    for (role, is_active, username, expected) in [
        (Some(Role::User), None, None, &["Carol"][..]),
        (Some(Role::Admin), None, None, &["Brian"]),
        (Some(Role::SuperAdmin), None, None, &["alice"]),
        (None, Some(true), None, &["alice", "Carol"]),
        (None, Some(false), None, &["Brian"]),
        (None, None, prefix("c"), &["Carol"]),
        (None, None, prefix(""), &["alice", "Brian", "Carol"]),
        (Some(Role::User), Some(true), prefix("carol"), &["Carol"]),
        (Some(Role::User), Some(false), None, &[]),
        (Some(Role::Admin), Some(false), None, &["Brian"]),
        (Some(Role::Admin), Some(true), None, &[]),
        (Some(Role::SuperAdmin), Some(true), prefix("a"), &["alice"]),
    ] {
        let filter = UserFilter {
            role,
            is_active,
            username,
            not_seen_since: None,
        };
        let page = storage.users.list(&filter, &UserPageRequest::default()).await.unwrap();
        let names: Vec<_> = page
            .users
            .iter()
            .map(|details| details.user.username.as_str())
            .collect();
        assert_eq!(names, expected, "{filter:?}");
        assert_eq!(page.total.count, expected.len() as u64);
    }
}

pub(crate) async fn users_who_were_not_seen_since_a_time_are_found(storage: Storage) {
    let (seen, never_seen) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&seen, &never_seen]).await;
    storage.insert_sessions(&[&session(&seen, 1)]).await;
    let created_at = never_seen.state().created_at;
    assert!(created_at < START);
    let moment = TimeDelta::microseconds(1);
    for (time, expected) in [
        (created_at, &[][..]),
        (created_at + moment, &["brian"]),
        (START, &["brian"]),
        (START + moment, &["alice", "brian"]),
    ] {
        let filter = UserFilter {
            not_seen_since: Some(time),
            ..UserFilter::default()
        };
        let page = storage.users.list(&filter, &UserPageRequest::default()).await.unwrap();
        assert_eq!(page.total.count, expected.len() as u64);
        let names = Vec::from_iter(page.users.iter().map(|details| details.user.username.as_str()));
        assert_eq!(names, expected, "{time}");
    }
}

pub(crate) async fn a_prefix_is_matched_whatever_its_case_and_without_wildcards(storage: Storage) {
    storage
        .insert_users(&[
            &user("Alice_B", Role::User),
            &user("alice-b", Role::User),
            &user("aliceb", Role::User),
        ])
        .await;
    for (text, expected) in [
        ("ALICE_", &["Alice_B"][..]),
        ("alice", &["alice-b", "Alice_B", "aliceb"]),
        ("%", &[]),
        ("alice%", &[]),
        ("\\", &[]),
        ("alice'", &[]),
        ("alicé", &[]),
        ("alice\u{10ffff}", &[]),
    ] {
        let filter = UserFilter {
            username: Some(UsernamePrefix::new(text).unwrap()),
            ..UserFilter::default()
        };
        for sorting_field in [UserSortingField::Username, UserSortingField::CreatedAt] {
            let page = UserPageRequest {
                start: first_place(sorting_field),
                ..UserPageRequest::default()
            };
            let mut names = usernames(&storage, &filter, &page).await;
            names.sort_by_key(|name| name.to_lowercase());
            assert_eq!(names, expected, "{text}");
        }
    }
}
