//! The session in which a user is logged in: when it lives, when it is renewed, and what opens it.
//!
//! The token that carries its secret to the client is a [port's](crate::application::ports::AccessTokens), the cookie
//! around that one is HTTP. Begin with [`AuthSession`].

mod client_details;
mod entity;
mod id;
mod lifetime;
mod secret;
mod user_agent;

pub use client_details::ClientDetails;
pub use entity::{AuthSession, AuthSessionState};
pub use id::AuthSessionId;
pub use lifetime::{InvalidSessionLifetime, SessionLifetime};
pub use secret::{SessionSecret, SessionSecretDigest};
pub use user_agent::UserAgent;
