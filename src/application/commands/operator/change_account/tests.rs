use rstest::rstest;

use super::*;
use crate::{
    application::testing::{World, user},
    domain::user::Role,
};

fn inactive(username: &str, role: Role) -> User {
    let mut user = user(username, role);
    user.inactivate(DateTime::UNIX_EPOCH);
    user
}

#[tokio::test]
async fn an_active_account_becomes_super_admin_and_its_sessions_end() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.begin_session(&alice);
    let account = world.change_account().promote("alice").await.unwrap();
    assert_eq!((account.user.role, account.ended_sessions), (Role::SuperAdmin, 1));
    assert!(world.user(alice.id()).await.unwrap().is_active_super_admin());
    assert_eq!(world.session_count(), 0);
    assert_eq!(world.done(), [(AuditAction::Promote, alice.id())]);
}

#[tokio::test]
async fn promoting_again_changes_nothing() {
    let alice = user("alice", Role::SuperAdmin);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    assert!(!world.change_account().promote("alice").await.unwrap().is_changed);
    assert!(world.is_live(&session).await);
}

#[tokio::test]
async fn a_promotion_of_inactive_unknown_and_impossible_accounts_is_rejected() {
    let world = World::with([inactive("alice", Role::User)]).await;
    let change_account = world.change_account();
    let promote = async |username| change_account.promote(username).await;
    assert!(matches!(
        promote("alice").await,
        Err(ChangeAccountError::InactiveAccount(_))
    ));
    assert!(matches!(promote("nobody").await, Err(ChangeAccountError::UserNotFound)));
    assert!(matches!(
        promote("?").await,
        Err(ChangeAccountError::InvalidUsername(_))
    ));
}

#[tokio::test]
async fn a_demoted_super_admin_is_a_plain_user_and_logged_out() {
    let alice = user("alice", Role::SuperAdmin);
    let world = World::with([alice.clone(), user("brian", Role::SuperAdmin)]).await;
    world.begin_session(&alice);
    let account = world.change_account().demote("alice").await.unwrap();
    assert_eq!(account.user.role, Role::User);
    assert_eq!(world.session_count(), 0);
}

#[tokio::test]
async fn an_inactivated_super_admin_is_logged_out_and_can_be_reactivated() {
    let alice = user("alice", Role::SuperAdmin);
    let world = World::with([alice.clone(), user("brian", Role::SuperAdmin)]).await;
    world.begin_session(&alice);
    assert!(!world.change_account().inactivate("alice").await.unwrap().user.is_active);
    assert_eq!(world.session_count(), 0);
    assert!(world.change_account().reactivate("alice").await.unwrap().user.is_active);
    assert!(world.user(alice.id()).await.unwrap().is_active_super_admin());
}

#[rstest]
#[tokio::test]
async fn the_last_active_super_admin_is_neither_demoted_nor_inactivated(#[values(true, false)] demote: bool) {
    let alice = user("alice", Role::SuperAdmin);
    let world = World::with([alice.clone(), inactive("brian", Role::SuperAdmin)]).await;
    let change_account = world.change_account();
    let refusal = match demote {
        true => change_account.demote("alice").await,
        false => change_account.inactivate("alice").await,
    };
    assert!(matches!(refusal, Err(ChangeAccountError::LastSuperAdmin)));
    assert!(world.user(alice.id()).await.unwrap().is_active_super_admin());
}

#[tokio::test]
async fn all_sessions_of_the_user_are_revoked_and_nobody_elses() {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    let world = World::with([alice.clone(), brian.clone()]).await;
    world.begin_session(&alice);
    world.begin_session(&alice);
    let anothers = world.begin_session(&brian);
    let account = world.change_account().revoke_sessions("alice").await.unwrap();
    assert_eq!(account.ended_sessions, 2);
    let stored = world.user(alice.id()).await.unwrap();
    assert_ne!(stored.credentials_generation(), alice.credentials_generation());
    assert!(world.is_live(&anothers).await);
    assert_eq!(world.done(), [(AuditAction::EndUserSessions, alice.id())]);
}
