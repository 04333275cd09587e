//! The [`User`] and the values it is made of: what a username, a password and a role are, and what can become of a
//! user.
//!
//! How a password is hashed is up to a [port](crate::application::ports::PasswordHasher); what a role permits, to
//! [`authorization`](crate::application::authorization). Begin with [`User`].

mod common_passwords;
mod entity;
mod id;
mod password_hash;
mod raw_password;
mod role;
mod username;
mod username_prefix;

pub use entity::{InactiveAccount, SystemAccount, User, UserState};
pub use id::UserId;
pub use password_hash::PasswordHash;
pub use raw_password::{InvalidPassword, PasswordPolicy, RawPassword};
pub use role::Role;
pub use username::{InvalidUsername, Username};
pub use username_prefix::{InvalidUsernamePrefix, UsernamePrefix};
