//! What admins may see of users. What they may not see of those above them, each query says.

mod get_user;
mod list_user_sessions;
mod list_users;

pub use get_user::{GetUser, GetUserError};
pub use list_user_sessions::{ListUserSessions, ListUserSessionsError};
pub use list_users::{ListUsers, ListUsersError};
