//! Queries of users about themselves.

mod list_sessions;
mod who_am_i;

pub use list_sessions::ListSessions;
pub use who_am_i::{CurrentUser, WhoAmI};
