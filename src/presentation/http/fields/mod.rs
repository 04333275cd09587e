//! Field types in bodies and query parameters of several operations, with serde and OpenAPI support.
//!
//! A field type of only one operation is in the file of its controller. Rules for values belong in the
//! [`domain`](crate::domain) or in [`paging`](crate::application::paging).

mod assignable_role;
mod or_default;
mod param;
mod password;
mod token;
mod user_cursor;

pub use assignable_role::AssignableRole;
pub use or_default::OrDefault;
pub use param::{Param, ParamValue};
pub use password::Password;
pub use token::Token;
pub use user_cursor::user_cursor;
