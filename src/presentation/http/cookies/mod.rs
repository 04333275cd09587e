//! The two cookies: the [`SessionCookie`] that carries the access token, and the [`DeviceCookie`] by which a device is
//! known.
//!
//! Here is what a cookie looks like and how it is read and set. What is done to cookies of any request, whatever its
//! controller, is a step of the [middleware](super::middleware); what the tokens in them say, only the application
//! knows, by its [ports](crate::application::ports).

mod cookie_header;
mod device_cookie;
mod session_cookie;

pub use cookie_header::cookie_values;
pub use device_cookie::{DeviceCookie, WithDeviceCookie};
pub use session_cookie::{CookieSettings, OtherTokens, SessionCookie};
