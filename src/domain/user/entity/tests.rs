use chrono::TimeDelta;
use rstest::rstest;

use super::*;

const BORN: DateTime<Utc> = DateTime::UNIX_EPOCH;
const LATER: DateTime<Utc> = DateTime::from_timestamp(86_400, 0).unwrap();

fn user(role: Role) -> User {
    User::new(
        UserId::new(BORN, [0; 10]),
        Username::new("alice").unwrap(),
        PasswordHash::new("hash"),
        role,
        BORN,
    )
}

#[test]
fn an_invited_user_has_no_password_until_one_is_set() {
    let name = Username::new("alice").unwrap();
    let mut invited = User::invite(UserId::new(BORN, [0; 10]), name, Role::User, BORN);
    assert!(invited.is_active() && invited.is_invited());
    assert_eq!(invited.password_hash(), None);
    invited.change_password(PasswordHash::new("hash"), LATER);
    assert!(!invited.is_invited() && !user(Role::User).is_invited());
}

#[test]
fn a_new_user_is_active_and_unchanged() {
    let user = user(Role::User);
    assert!(user.is_active());
    assert_eq!(user.state().updated_at, user.state().created_at);
}

#[rstest]
#[case::inactivate(User::inactivate, false)]
#[case::demote(User::demote, true)]
fn a_change_is_told_and_dated_once(#[case] change: fn(&mut User, DateTime<Utc>) -> bool, #[case] active: bool) {
    let mut user = user(Role::SuperAdmin);
    assert!(change(&mut user, LATER));
    assert_eq!(user.state().updated_at, LATER);
    assert_eq!(user.is_active(), active);

    let unchanged = user.clone();
    assert!(!change(&mut user, LATER + TimeDelta::days(1)));
    assert_eq!(user, unchanged);
}

#[test]
fn reactivating_lets_an_inactive_user_in_and_changes_nothing_of_an_active_one() {
    let mut user = user(Role::User);
    assert!(!user.reactivate(LATER));
    assert_eq!(user.state().updated_at, BORN);
    user.inactivate(BORN);
    assert!(user.reactivate(LATER));
    assert!(user.is_active());
}

#[test]
fn admin_is_granted_and_revoked_below_super_admin() {
    let mut user = user(Role::User);
    assert_eq!(user.grant_admin(LATER), Ok(true));
    assert_eq!(user.role(), Role::Admin);
    assert_eq!(user.grant_admin(LATER), Ok(false));
    assert_eq!(user.revoke_admin(LATER), Ok(true));
    assert_eq!(user.role(), Role::User);
    assert_eq!(user.revoke_admin(LATER), Ok(false));
}

#[test]
fn a_super_admin_is_neither_granted_nor_revoked() {
    let mut user = user(Role::SuperAdmin);
    assert_eq!(user.grant_admin(LATER), Err(SystemAccount));
    assert_eq!(user.revoke_admin(LATER), Err(SystemAccount));
    assert_eq!(user.role(), Role::SuperAdmin);
}

#[test]
fn only_an_active_account_becomes_super_admin() {
    let mut user = user(Role::User);
    user.inactivate(BORN);
    assert_eq!(user.promote_to_super_admin(LATER), Err(InactiveAccount));
    user.reactivate(BORN);
    assert_eq!(user.promote_to_super_admin(LATER), Ok(true));
    assert!(user.is_active_super_admin());
    user.inactivate(LATER);
    assert!(!user.is_active_super_admin());
}

#[test]
fn a_super_admin_without_a_password_does_not_count() {
    let id = UserId::new(BORN, [2; 10]);
    let mut user = User::invite(id, Username::new("alice").unwrap(), Role::SuperAdmin, BORN);
    assert!(!user.is_active_super_admin());
    user.change_password(PasswordHash::new("hash"), LATER);
    assert!(user.is_active_super_admin());
}

#[test]
fn a_renewal_of_the_hash_is_not_dated() {
    let mut user = user(Role::User);
    user.renew_password_hash(PasswordHash::new("other"));
    assert_eq!(user.password_hash(), Some(&PasswordHash::new("other")));
    assert_eq!(user.state().updated_at, BORN);
}

#[test]
fn a_change_of_password_an_inactivation_and_a_revocation_begin_a_generation_of_credentials() {
    let mut user = user(Role::User);
    user.change_password(PasswordHash::new("other"), LATER);
    assert_eq!(user.credentials_generation(), 1);
    for _ in 0..2 {
        user.inactivate(LATER);
        assert_eq!(user.credentials_generation(), 2);
    }
    user.revoke_credentials();
    assert_eq!(user.credentials_generation(), 3);
    user.reactivate(LATER);
    user.grant_admin(LATER).unwrap();
    user.renew_password_hash(PasswordHash::new("again"));
    assert_eq!(user.credentials_generation(), 3);
}

#[test]
fn a_change_of_password_is_dated() {
    let mut user = user(Role::User);
    user.change_password(PasswordHash::new("other"), LATER);
    assert_eq!(user.password_hash(), Some(&PasswordHash::new("other")));
    assert_eq!(user.state().updated_at, LATER);
}

#[test]
fn only_an_inactive_user_is_erased() {
    for role in Role::ALL {
        let mut user = user(role);
        assert_eq!(user.check_erasable(), Err(ActiveAccount));
        user.inactivate(LATER);
        assert_eq!(user.check_erasable(), Ok(()));
    }
}
