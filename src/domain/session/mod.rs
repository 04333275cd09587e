//! The session in which a user is logged in: when it lives, and what its use changes.
//!
//! Its token is a [port's](crate::application::ports::AccessTokens), and the cookie around it is HTTP's. Begin with
//! [`AuthSession`].

mod client_details;
mod entity;
mod id;
mod lifetime;
mod user_agent;

pub use client_details::ClientDetails;
pub use entity::{AuthSession, AuthSessionState, Touch};
pub use id::AuthSessionId;
pub use lifetime::{InvalidSessionLifetime, SessionLifetime};
pub use user_agent::UserAgent;
