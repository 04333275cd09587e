//! What callers may see of themselves.

mod who_am_i;

pub use who_am_i::{CurrentUser, WhoAmI};
