//! JSON types that several operations return. A type of only one operation is in the file of its controller.

mod link_kind;
mod moment;
mod session_list;
mod session_view;
mod user_view;

pub use link_kind::LinkKindName;
pub use moment::serialize_moment;
pub use session_list::SessionList;
pub use user_view::{RoleName, UserView};
