//! What bodies and query parameters of several operations are made of, with what serde reads of it and what the OpenAPI
//! document says.
//!
//! A field of one operation stands in the file of its controller. What its value may be is a rule of the
//! [`domain`](crate::domain) or of the [`views`](crate::application::views).

mod or_default;
mod param;
mod password;

pub use or_default::OrDefault;
pub use param::{Param, ParamValue};
pub use password::Password;
