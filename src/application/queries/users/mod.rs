//! What admins may see of users.

mod get_user;
mod list_users;
mod page;
mod user_view;

pub use get_user::{GetUser, GetUserError};
pub use list_users::{ListUsers, ListUsersError, ListUsersFilter};
pub use page::{
    InvalidPageLimit, InvalidPageOffset, PageLimit, PageOffset, SortingOrder, UserPage, UserPageRequest,
    UserSortingField,
};
pub use user_view::UserView;
