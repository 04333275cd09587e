//! JSON that several operations answer with. That of one operation stands in the file of its controller.

mod session_list;
mod session_view;
mod user_view;

pub use session_list::SessionList;
pub use user_view::{RoleName, UserView};
