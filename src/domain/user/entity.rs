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
mod tests;
