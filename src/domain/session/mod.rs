//! The session in which a user is logged in.

mod entity;
mod id;
mod lifetime;
mod secret;

pub use entity::{AuthSession, AuthSessionState};
pub use id::AuthSessionId;
pub use lifetime::{InvalidSessionLifetime, SessionLifetime};
pub use secret::{SessionSecret, SessionSecretDigest};
