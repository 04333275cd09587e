//! What the operator, who holds the machine itself, may look up without being anybody's actor.

mod find_user;

pub use find_user::{FindUser, FindUserError};
