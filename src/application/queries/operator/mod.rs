//! What the operator, who holds the machine itself, may look up outside of any session.

mod find_user;

pub use find_user::{FindUser, FindUserError};
