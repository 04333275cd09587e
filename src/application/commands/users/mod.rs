//! What admins do with users below them.
//!
//! Whatever inactivates, reactivates, grants or revokes is a change that `manage_user` makes: one sequence, written
//! once. What users do with themselves is [`account`](super::account); what takes a super admin as its target,
//! [`operator`](super::operator).

mod create_user;
mod end_user_sessions;
mod grant_admin;
mod inactivate_user;
mod manage_user;
mod reactivate_user;
mod revoke_admin;

pub use create_user::{CreateUser, CreateUserError, CreateUserRequest};
pub use end_user_sessions::{EndUserSessions, EndUserSessionsError};
pub use grant_admin::GrantAdmin;
pub use inactivate_user::InactivateUser;
pub use manage_user::ManageUserError;
pub use reactivate_user::ReactivateUser;
pub use revoke_admin::RevokeAdmin;
