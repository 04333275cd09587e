//! Authorization: the permissions, and one function that checks them against the order of roles.

use thiserror::Error;

use super::Actor;
use crate::domain::user::{Role, User, UserId};

/// The permission that an action requires.
#[derive(Clone, Copy, Debug)]
pub enum Permission {
    /// To see any user: admins and above.
    ReadUsers,
    /// To see this user, as [`ReadUsers`](Self::ReadUsers) allows.
    ReadUser(UserId),
    /// To read the audit trail: super admins.
    ReadAuditEvents,
    /// To manage users of a role, or to give or take it: only those strictly above it.
    Manage {
        /// The role.
        role: Role,
        /// The user, if already known, for the audit trail.
        target: Option<UserId>,
    },
    /// To use a service that requires this role, or a higher one.
    HaveRole(Role),
}

/// The actor's role does not permit what was asked for.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("Your role does not permit this.")]
pub struct NotAuthorized;

impl Permission {
    /// Returns the permission to manage users of `role`.
    pub fn manage(role: Role) -> Self {
        Self::Manage { role, target: None }
    }

    /// Returns the permission to manage `user`.
    pub fn manage_user(user: &User) -> Self {
        Self::Manage {
            role: user.role(),
            target: Some(user.id()),
        }
    }
}

/// Checks whether `actor` has `permission`.
///
/// # Errors
/// [`NotAuthorized`] if not.
pub fn authorize(actor: &Actor, permission: Permission) -> Result<(), NotAuthorized> {
    let permitted = match permission {
        Permission::ReadUsers | Permission::ReadUser(_) => actor.role() >= Role::Admin,
        Permission::ReadAuditEvents => actor.role() >= Role::SuperAdmin,
        Permission::Manage { role, .. } => role < actor.role(),
        Permission::HaveRole(role) => actor.role() >= role,
    };
    if permitted { Ok(()) } else { Err(NotAuthorized) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{actor, user};

    #[rstest]
    #[case(Role::User, false)]
    #[case(Role::Admin, true)]
    #[case(Role::SuperAdmin, true)]
    fn users_are_seen_by_admins_and_above(#[case] role: Role, #[case] permitted: bool) {
        assert_eq!(authorize(&actor(role), Permission::ReadUsers).is_ok(), permitted);
    }

    #[rstest]
    fn the_audit_trail_is_read_by_super_admins(#[values(Role::User, Role::Admin, Role::SuperAdmin)] role: Role) {
        let is_permitted = authorize(&actor(role), Permission::ReadAuditEvents).is_ok();
        assert_eq!(is_permitted, role == Role::SuperAdmin);
    }

    #[rstest]
    fn a_required_role_is_had_by_higher_ones_too(
        #[values(Role::User, Role::Admin, Role::SuperAdmin)] role: Role,
        #[values(Role::User, Role::Admin, Role::SuperAdmin)] required: Role,
    ) {
        let is_permitted = authorize(&actor(role), Permission::HaveRole(required)).is_ok();
        assert_eq!(is_permitted, required <= role);
    }

    #[rstest]
    fn only_roles_and_users_strictly_below_are_managed(
        #[values(Role::User, Role::Admin, Role::SuperAdmin)] role: Role,
        #[values(Role::User, Role::Admin, Role::SuperAdmin)] target: Role,
    ) {
        let below = target < role;
        assert_eq!(authorize(&actor(role), Permission::manage(target)).is_ok(), below);
        let target = user("target", target);
        assert_eq!(authorize(&actor(role), Permission::manage_user(&target)).is_ok(), below);
    }
}
