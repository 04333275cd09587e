//! The cookies: the [`SessionCookie`] with the access token, the [`DeviceCookie`] that identifies a device, and the notice
//! cookie, by which a page tells the next one what to say.
//!
//! This module defines their attributes, and how they are read and set. Steps for the cookies of every request are in
//! the [middleware](super::middleware). Only the application can read the tokens in them, by its
//! [ports](crate::application::ports).

mod cookie_header;
mod device_cookie;
mod session_cookie;

pub use cookie_header::cookie_values;
pub use device_cookie::{DeviceCookie, WithDeviceCookie};
pub use session_cookie::{CookieSettings, OtherTokens, SessionCookie};
