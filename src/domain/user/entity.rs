use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{PasswordHash, Role, UserId, Username};

/// A user, and what can become of one.
///
/// Every method that changes a user returns whether it did: setting what is already set is no change, and leaves `updated_at`
/// as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    state: UserState,
}

/// All that is stored of a user; how persistence brings one back and writes one down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserState {
    /// Never changes.
    pub id: UserId,
    /// Never changes; unique by its key.
    pub username: Username,
    /// Replaced by every change of password, and by a log-in once new hashes are made differently.
    pub password_hash: PasswordHash,
    /// Grows with every change of password, inactivation and revocation. What was trusted before is trusted no more.
    pub credentials_generation: u32,
    /// Decides what the user may do.
    pub role: Role,
    /// An inactive user cannot log in and has no session.
    pub is_active: bool,
    /// When the user was created.
    pub created_at: DateTime<Utc>,
    /// When somebody last changed the user.
    pub updated_at: DateTime<Utc>,
}

/// A super admin is a system account: the role is not changed by granting or revoking another.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("A super admin's role cannot be granted or revoked.")]
pub struct SystemAccount;

/// Only an active account can become a super admin.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("The account is inactive. Reactivate it first.")]
pub struct InactiveAccount;

impl User {
    /// Makes a new, active user.
    pub fn new(id: UserId, username: Username, password_hash: PasswordHash, role: Role, now: DateTime<Utc>) -> Self {
        Self::restore(UserState {
            id,
            username,
            password_hash,
            credentials_generation: 0,
            role,
            is_active: true,
            created_at: now,
            updated_at: now,
        })
    }

    /// Brings a stored user back.
    pub fn restore(state: UserState) -> Self {
        Self { state }
    }

    /// All that is to be stored.
    pub fn state(&self) -> &UserState {
        &self.state
    }

    /// The id of the user.
    pub fn id(&self) -> UserId {
        self.state.id
    }

    /// The role of the user.
    pub fn role(&self) -> Role {
        self.state.role
    }

    /// Whether the user may log in.
    pub fn is_active(&self) -> bool {
        self.state.is_active
    }

    /// What is stored of the password.
    pub fn password_hash(&self) -> &PasswordHash {
        &self.state.password_hash
    }

    /// Which generation of the user's credentials is in force.
    pub fn credentials_generation(&self) -> u32 {
        self.state.credentials_generation
    }

    /// Whether this is one of those who can manage everyone else; of these one must remain.
    pub fn is_active_super_admin(&self) -> bool {
        self.state.is_active && self.state.role == Role::SuperAdmin
    }

    /// Shuts the user out. Returns whether that changed anything.
    pub fn inactivate(&mut self, now: DateTime<Utc>) -> bool {
        let changed = self.set_active(false, now);
        if changed {
            self.revoke_credentials();
        }
        changed
    }

    /// Lets the user in again. Returns whether that changed anything.
    pub fn reactivate(&mut self, now: DateTime<Utc>) -> bool {
        self.set_active(true, now)
    }

    /// Makes the user an admin. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`SystemAccount`] if the user is a super admin.
    pub fn grant_admin(&mut self, now: DateTime<Utc>) -> Result<bool, SystemAccount> {
        self.change_role_below_super_admin(Role::Admin, now)
    }

    /// Makes an admin a plain user. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`SystemAccount`] if the user is a super admin.
    pub fn revoke_admin(&mut self, now: DateTime<Utc>) -> Result<bool, SystemAccount> {
        self.change_role_below_super_admin(Role::User, now)
    }

    /// Makes the user a super admin. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`InactiveAccount`] if the user is inactive.
    pub fn promote_to_super_admin(&mut self, now: DateTime<Utc>) -> Result<bool, InactiveAccount> {
        if !self.state.is_active {
            return Err(InactiveAccount);
        }
        Ok(self.set_role(Role::SuperAdmin, now))
    }

    /// Makes even a super admin a plain user. Returns whether that changed anything.
    pub fn demote(&mut self, now: DateTime<Utc>) -> bool {
        self.set_role(Role::User, now)
    }

    /// Stores the same password in another way, which is nobody's change of the user.
    pub fn renew_password_hash(&mut self, password_hash: PasswordHash) {
        self.state.password_hash = password_hash;
    }

    /// Replaces the password.
    pub fn change_password(&mut self, password_hash: PasswordHash, now: DateTime<Utc>) {
        self.state.password_hash = password_hash;
        self.state.updated_at = now;
        self.revoke_credentials();
    }

    /// Makes every device unknown on which the user has logged in. It is no change of the user, so it is not dated.
    pub fn revoke_credentials(&mut self) {
        self.state.credentials_generation = self.state.credentials_generation.wrapping_add(1);
    }

    fn change_role_below_super_admin(&mut self, role: Role, now: DateTime<Utc>) -> Result<bool, SystemAccount> {
        if self.state.role == Role::SuperAdmin {
            return Err(SystemAccount);
        }
        Ok(self.set_role(role, now))
    }

    fn set_role(&mut self, role: Role, now: DateTime<Utc>) -> bool {
        let changed = self.state.role != role;
        if changed {
            self.state.role = role;
            self.state.updated_at = now;
        }
        changed
    }

    fn set_active(&mut self, is_active: bool, now: DateTime<Utc>) -> bool {
        let changed = self.state.is_active != is_active;
        if changed {
            self.state.is_active = is_active;
            self.state.updated_at = now;
        }
        changed
    }
}

#[cfg(test)]
mod tests {
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
    fn a_renewal_of_the_hash_is_not_dated() {
        let mut user = user(Role::User);
        user.renew_password_hash(PasswordHash::new("other"));
        assert_eq!(user.password_hash(), &PasswordHash::new("other"));
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
        assert_eq!(user.password_hash(), &PasswordHash::new("other"));
        assert_eq!(user.state().updated_at, LATER);
    }
}
