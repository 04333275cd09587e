//! What a caller may see of himself.

mod who_am_i;

pub use who_am_i::{CurrentUser, WhoAmI};
