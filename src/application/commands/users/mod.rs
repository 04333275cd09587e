//! Commands of admins on users of lower roles.
//!
//! Inactivating, reactivating, granting and revoking share the steps of `manage_user`. Users manage themselves in
//! [`account`](super::account). Only the [`operator`](super::operator) manages super admins.

mod create_user;
mod end_user_sessions;
mod erase_user;
mod grant_admin;
mod inactivate_user;
mod manage_user;
mod reactivate_user;
mod revoke_admin;

pub use create_user::{CreateUser, CreateUserError, CreateUserRequest, CreatedUser};
pub use end_user_sessions::{EndUserSessions, EndUserSessionsError};
pub use erase_user::{EraseUser, EraseUserError};
pub use grant_admin::GrantAdmin;
pub use inactivate_user::InactivateUser;
pub use manage_user::ManageUserError;
pub use reactivate_user::ReactivateUser;
pub use revoke_admin::RevokeAdmin;
