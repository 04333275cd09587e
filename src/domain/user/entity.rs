use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{PasswordHash, Role, UserId, Username};

/// A user.
///
/// A method that changes a user returns whether it did: setting the current value is no change, and keeps `updated_at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    state: UserState,
}

/// The stored state of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserState {
    /// Identifies the user; never changes.
    pub id: UserId,
    /// The name of the user, unique by its key; never changes.
    pub username: Username,
    /// The hash of the password. A log-in renews it if it is outdated. An invited user has none yet.
    pub password_hash: Option<PasswordHash>,
    /// Grows with every change of password, inactivation and revocation, so that earlier credentials are outdated.
    pub credentials_generation: u32,
    /// The role, which decides what the user may do.
    pub role: Role,
    /// Whether the user may log in and have sessions.
    pub is_active: bool,
    /// When the user was created.
    pub created_at: DateTime<Utc>,
    /// When the user was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The role of a super admin, a system account, cannot be granted or revoked.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("A super admin's role cannot be granted or revoked.")]
pub struct SystemAccount;

/// Only an active account can become a super admin, or get a one-time link.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("The account is inactive. Reactivate it first.")]
pub struct InactiveAccount;

/// Only an inactive account can be erased.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("The account is active. Inactivate it first.")]
pub struct ActiveAccount;

impl User {
    /// Creates an active user.
    pub fn new(id: UserId, username: Username, password_hash: PasswordHash, role: Role, now: DateTime<Utc>) -> Self {
        let mut user = Self::invite(id, username, role, now);
        user.state.password_hash = Some(password_hash);
        user
    }

    /// Creates an active user without a password, whom no log-in fits until one is set.
    pub fn invite(id: UserId, username: Username, role: Role, now: DateTime<Utc>) -> Self {
        Self::restore(UserState {
            id,
            username,
            password_hash: None,
            credentials_generation: 0,
            role,
            is_active: true,
            created_at: now,
            updated_at: now,
        })
    }

    /// Restores a stored user.
    pub fn restore(state: UserState) -> Self {
        Self { state }
    }

    /// Returns the state to store.
    pub fn state(&self) -> &UserState {
        &self.state
    }

    /// Returns the id of the user.
    pub fn id(&self) -> UserId {
        self.state.id
    }

    /// Returns the role of the user.
    pub fn role(&self) -> Role {
        self.state.role
    }

    /// Returns whether the user may log in.
    pub fn is_active(&self) -> bool {
        self.state.is_active
    }

    /// Returns the hash of the password, if one was ever set.
    pub fn password_hash(&self) -> Option<&PasswordHash> {
        self.state.password_hash.as_ref()
    }

    /// Returns whether no password was ever set.
    pub fn is_invited(&self) -> bool {
        self.state.password_hash.is_none()
    }

    /// Returns the current generation of the user's credentials.
    pub fn credentials_generation(&self) -> u32 {
        self.state.credentials_generation
    }

    /// Returns whether this is a super admin who can log in. One of them must remain.
    pub fn is_active_super_admin(&self) -> bool {
        self.state.is_active && self.state.role == Role::SuperAdmin && !self.is_invited()
    }

    /// Inactivates the user.
    pub fn inactivate(&mut self, now: DateTime<Utc>) -> bool {
        let changed = self.set_active(false, now);
        if changed {
            self.revoke_credentials();
        }
        changed
    }

    /// Reactivates the user.
    pub fn reactivate(&mut self, now: DateTime<Utc>) -> bool {
        self.set_active(true, now)
    }

    /// Checks that the user is active.
    ///
    /// # Errors
    /// [`InactiveAccount`] if the user is inactive.
    pub fn check_active(&self) -> Result<(), InactiveAccount> {
        if !self.state.is_active {
            return Err(InactiveAccount);
        }
        Ok(())
    }

    /// Checks that the user may be erased.
    ///
    /// # Errors
    /// [`ActiveAccount`] if the user is active, so that nobody is erased by a single mistake.
    pub fn check_erasable(&self) -> Result<(), ActiveAccount> {
        if self.state.is_active {
            return Err(ActiveAccount);
        }
        Ok(())
    }

    /// Makes the user an admin.
    ///
    /// # Errors
    /// [`SystemAccount`] if the user is a super admin.
    pub fn grant_admin(&mut self, now: DateTime<Utc>) -> Result<bool, SystemAccount> {
        self.change_role_below_super_admin(Role::Admin, now)
    }

    /// Makes the user a plain user.
    ///
    /// # Errors
    /// [`SystemAccount`] if the user is a super admin.
    pub fn revoke_admin(&mut self, now: DateTime<Utc>) -> Result<bool, SystemAccount> {
        self.change_role_below_super_admin(Role::User, now)
    }

    /// Makes the user a super admin.
    ///
    /// # Errors
    /// [`InactiveAccount`] if the user is inactive.
    pub fn promote_to_super_admin(&mut self, now: DateTime<Utc>) -> Result<bool, InactiveAccount> {
        self.check_active()?;
        Ok(self.set_role(Role::SuperAdmin, now))
    }

    /// Makes the user, even a super admin, a plain user.
    pub fn demote(&mut self, now: DateTime<Utc>) -> bool {
        self.set_role(Role::User, now)
    }

    /// Replaces the hash by another one of the same password. It does not count as a change.
    pub fn renew_password_hash(&mut self, password_hash: PasswordHash) {
        self.state.password_hash = Some(password_hash);
    }

    /// Replaces the password, or sets the first one.
    pub fn change_password(&mut self, password_hash: PasswordHash, now: DateTime<Utc>) {
        self.state.password_hash = Some(password_hash);
        self.state.updated_at = now;
        self.revoke_credentials();
    }

    /// Makes every known device of the user unknown. It does not count as a change.
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
