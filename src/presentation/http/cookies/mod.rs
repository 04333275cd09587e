//! The cookies: the [`SessionCookie`] with the access token, the [`DeviceCookie`] that identifies a device, the
//! [`PassCookie`] that guarded services get too, and the notice cookie, by which a page tells the next one what to say.
//!
//! This module defines their attributes, and how they are read and set. Steps for the cookies of every request are in
//! the [middleware](super::middleware). Only the application can read the tokens in them, by its
//! [ports](crate::application::ports).

mod cookie_header;
mod device_cookie;
mod pass_cookie;
mod session_cookie;
mod with_cookie;

pub use cookie_header::{ReceivedCookies, cookie_values};
pub use device_cookie::DeviceCookie;
pub use pass_cookie::PassCookie;
pub use session_cookie::{ClearedSession, CookieSettings, PassCookieSettings, SessionCookie};
pub use with_cookie::WithCookie;
