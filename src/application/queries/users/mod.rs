//! Queries of admins about users.

mod get_user;
mod list_user_sessions;
mod list_users;

pub use get_user::{FoundUser, GetUser, GetUserError};
pub use list_user_sessions::{ListUserSessions, ListUserSessionsError};
pub use list_users::{ListUsers, ListUsersError};
