mod guesses;

use rstest::rstest;

use super::*;
use crate::{
    application::{
        ports::HashClient,
        testing::{PASSWORD, World, hash_of, provenance, rotated_hash_of, user},
    },
    domain::user::{PasswordHash, User},
};

const NEW_PASSWORD: &str = "battery staple";

fn request(username: &str, password: &str, current: Option<&str>) -> ChangePasswordRequest {
    ChangePasswordRequest {
        username: username.into(),
        password: password.into(),
        current_password: current.map(SecretString::from),
    }
}

async fn stored_hash(world: &World, user: &User) -> PasswordHash {
    world.user(user.id()).await.unwrap().password_hash().unwrap().clone()
}

#[tokio::test]
async fn changing_the_own_password_ends_other_sessions_and_renews_the_token() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    let elsewhere = world.begin_session(&alice);

    let token = world
        .change_password()
        .execute(&here.actor, request("ALICE", NEW_PASSWORD, Some(PASSWORD)))
        .await
        .unwrap();
    assert_eq!(stored_hash(&world, &alice).await, hash_of(NEW_PASSWORD));
    assert!(!world.is_live(&elsewhere).await);
    assert!(!world.is_live(&here).await, "the old token must not open the session");
    assert!(world.authenticate().execute(token.as_ref(), provenance()).await.is_ok());
}

#[rstest]
#[case::missing(None)]
#[case::wrong(Some("wrong horse"))]
#[case::against_the_policy(Some(""))]
#[tokio::test]
async fn changing_the_own_password_needs_the_current_one(#[case] current: Option<&str>) {
    let alice = user("alice", Role::SuperAdmin);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    let refusal = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, current))
        .await;
    assert!(matches!(refusal, Err(ChangePasswordError::WrongCurrentPassword)));
    assert_eq!(stored_hash(&world, &alice).await, hash_of(PASSWORD));
    assert!(world.is_live(&here).await);
}

#[tokio::test]
async fn changing_another_password_needs_none_and_ends_all_sessions_of_that_user() {
    let (admin, alice) = (user("admin", Role::Admin), user("alice", Role::User));
    let world = World::with([admin.clone(), alice.clone()]).await;
    let here = world.begin_session(&admin);
    let theirs = world.begin_session(&alice);

    let token = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, None))
        .await
        .unwrap();
    assert_eq!(token, None);
    assert_eq!(stored_hash(&world, &alice).await, hash_of(NEW_PASSWORD));
    assert!(!world.is_live(&theirs).await);
    assert!(world.is_live(&here).await);
}

#[rstest]
#[case::user_for_user(Role::User, Role::User)]
#[case::admin_for_admin(Role::Admin, Role::Admin)]
#[case::admin_for_super_admin(Role::Admin, Role::SuperAdmin)]
#[case::super_admin_for_another(Role::SuperAdmin, Role::SuperAdmin)]
#[tokio::test]
async fn nobody_changes_the_password_of_equal_or_higher_roles(#[case] role: Role, #[case] target: Role) {
    let (caller, target) = (user("caller", role), user("target", target));
    let world = World::with([caller.clone(), target.clone()]).await;
    let here = world.begin_session(&caller);
    let refusal = world
        .change_password()
        .execute(&here.actor, request("target", NEW_PASSWORD, None))
        .await;
    assert!(matches!(refusal, Err(ChangePasswordError::NotAuthorized(_))));
    assert_eq!(stored_hash(&world, &target).await, hash_of(PASSWORD));
}

#[tokio::test]
async fn a_plain_user_does_not_learn_which_names_exist() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone(), user("brian", Role::User)]).await;
    let here = world.begin_session(&alice);
    for username in ["brian", "nobody", "?"] {
        let refusal = world
            .change_password()
            .execute(&here.actor, request(username, "x", None))
            .await;
        assert!(matches!(refusal, Err(ChangePasswordError::NotAuthorized(_))));
    }
}

#[tokio::test]
async fn where_admins_set_no_passwords_everyone_changes_their_own_alone() {
    let (admin, alice) = (user("admin", Role::Admin), user("alice", Role::User));
    let world = World::with([admin.clone(), alice.clone()]).await;
    let (here, theirs) = (world.begin_session(&admin), world.begin_session(&alice));
    let closed = ChangePassword {
        admins_set_passwords: false,
        ..world.change_password()
    };
    for (username, target) in [("alice", Some(alice.id())), ("nobody", None), ("?", None)] {
        let refusal = closed.execute(&here.actor, request(username, "short", None)).await;
        assert!(matches!(refusal, Err(ChangePasswordError::PasswordSettingClosed)));
        let [noted] = &world.refusals()[..] else {
            panic!("there is one refusal")
        };
        let reason = Some(RefusalReason::PasswordSettingClosed);
        assert_eq!((noted.action, noted.target_id, noted.refusal), (ACTION, target, reason));
    }
    let refusal = closed.execute(&theirs.actor, request("admin", "short", None)).await;
    assert!(matches!(refusal, Err(ChangePasswordError::NotAuthorized(_))));
    assert_eq!(stored_hash(&world, &alice).await, hash_of(PASSWORD));

    let own = request("admin", NEW_PASSWORD, Some(PASSWORD));
    closed.execute(&here.actor, own).await.unwrap();
    assert_eq!(stored_hash(&world, &admin).await, hash_of(NEW_PASSWORD));
}

#[tokio::test]
async fn a_breached_password_is_refused_before_anything_is_hashed() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    world.breached_passwords().add(NEW_PASSWORD);
    let refusal = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
        .await;
    assert!(matches!(refusal, Err(ChangePasswordError::NewPassword(_))));
    assert_eq!(world.hash_count(), 0);
}

#[tokio::test]
async fn an_admin_learns_which_rule_is_broken_or_that_the_name_is_unknown() {
    let admin = user("admin", Role::Admin);
    let world = World::with([admin.clone(), user("alice", Role::User)]).await;
    let here = world.begin_session(&admin);
    let change_password = world.change_password();
    assert!(matches!(
        change_password
            .execute(&here.actor, request("?", NEW_PASSWORD, None))
            .await,
        Err(ChangePasswordError::InvalidUsername(_))
    ));
    for password in ["short", "it's her, Alice"] {
        assert!(matches!(
            change_password
                .execute(&here.actor, request("alice", password, None))
                .await,
            Err(ChangePasswordError::NewPassword(_))
        ));
    }
    assert!(matches!(
        change_password
            .execute(&here.actor, request("nobody", NEW_PASSWORD, None))
            .await,
        Err(ChangePasswordError::UserNotFound)
    ));
}

#[tokio::test]
async fn an_admin_who_is_logged_out_while_the_password_is_hashed_changes_nothing() {
    let (admin, alice) = (user("admin", Role::Admin), user("alice", Role::User));
    let world = World::with([admin.clone(), alice.clone()]).await;
    let here = world.begin_session(&admin);
    world.while_hashing({
        let (store, session) = (world.store(), here.actor.session_id());
        move || store.remove_session(session)
    });
    let refusal = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, None))
        .await;
    assert!(matches!(
        refusal,
        Err(ChangePasswordError::Actor(ActorError::NotAuthenticated(_)))
    ));
    assert_eq!(stored_hash(&world, &alice).await, hash_of(PASSWORD));
}

#[tokio::test]
async fn a_password_that_another_request_replaced_meanwhile_is_no_longer_current() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    world.while_hashing({
        let store = world.store();
        let mut alice = alice.clone();
        alice.change_password(hash_of("taken over"), world.now());
        move || store.replace_user(&alice)
    });
    let refusal = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
        .await;
    assert!(matches!(refusal, Err(ChangePasswordError::WrongCurrentPassword)));
    assert_eq!(stored_hash(&world, &alice).await, hash_of("taken over"));
}

#[tokio::test]
async fn an_ended_session_is_reported_before_a_wrong_password() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    world.while_hashing({
        let (store, session) = (world.store(), here.actor.session_id());
        let mut alice = alice.clone();
        alice.change_password(hash_of("taken over"), world.now());
        move || {
            store.replace_user(&alice);
            store.remove_session(session);
        }
    });
    let refusal = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
        .await;
    assert!(matches!(
        refusal,
        Err(ChangePasswordError::Actor(ActorError::NotAuthenticated(_)))
    ));
}

/// The other change commits after this one has read the hash, or before.
#[rstest]
#[tokio::test]
async fn a_parallel_change_in_the_same_session_is_no_guess(#[values(true, false)] while_hashing: bool) {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    let change = {
        let (store, lifetime, now) = (world.store(), world.session_lifetime(), world.now());
        let (mut alice, mut session) = (alice.clone(), store.sessions()[0].clone());
        alice.change_password(hash_of(NEW_PASSWORD), now);
        session.replace_secret(&Secret::new([9; 32]), &lifetime, now);
        move || {
            store.replace_user(&alice);
            store.add_session(&session);
        }
    };
    if while_hashing {
        world.while_hashing(change);
    } else {
        change();
    }
    for _ in 0..=World::FREE_ATTEMPTS {
        let refusal = world
            .change_password()
            .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
            .await;
        assert!(matches!(
            refusal,
            Err(ChangePasswordError::Actor(ActorError::NotAuthenticated(_)))
        ));
    }
    assert_eq!((world.session_count(), world.refusals()), (1, Vec::new()));
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_changes_nothing() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    world.while_hashing({
        let store = world.store();
        let id = here.actor.session_id();
        move || store.remove_session(id)
    });
    let refusal = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
        .await;
    assert!(matches!(
        refusal,
        Err(ChangePasswordError::Actor(ActorError::NotAuthenticated(_)))
    ));
    assert_eq!(stored_hash(&world, &alice).await, hash_of(PASSWORD));
}

#[tokio::test]
async fn a_log_in_that_renews_the_hash_meanwhile_does_not_interfere() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    world.while_hashing({
        let store = world.store();
        let mut alice = alice.clone();
        alice.renew_password_hash(rotated_hash_of(PASSWORD));
        move || store.replace_user(&alice)
    });
    let changed = world
        .change_password()
        .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
        .await;
    assert!(changed.is_ok());
    assert_eq!(stored_hash(&world, &alice).await, hash_of(NEW_PASSWORD));
}

#[tokio::test]
async fn passwords_are_hashed_on_behalf_of_the_actor() {
    let (admin, alice) = (user("admin", Role::Admin), user("alice", Role::User));
    let world = World::with([admin.clone(), alice.clone()]).await;
    let here = world.begin_session(&admin);
    for (username, current) in [("alice", None), ("admin", Some(PASSWORD))] {
        let request = request(username, NEW_PASSWORD, current);
        world.change_password().execute(&here.actor, request).await.unwrap();
    }
    assert_eq!(world.password_hasher().clients(), [HashClient::User(admin.id()); 3]);
}
