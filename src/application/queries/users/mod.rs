//! What admins may see of users.

mod cursor;
mod get_user;
mod list_user_sessions;
mod list_users;
mod page;

pub use cursor::{UserCursor, UserSortingKey};
pub use get_user::{GetUser, GetUserError};
pub use list_user_sessions::{ListUserSessions, ListUserSessionsError};
pub use list_users::{ListUsers, ListUsersError, ListUsersFilter};
pub use page::{
    InvalidPageOffset, PageOffset, SortingOrder, UserPage, UserPageRequest, UserPageStart, UserSortingField,
};
