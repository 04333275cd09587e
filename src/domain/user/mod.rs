//! The [`User`] and the values that it is made of, such as the username, the password and the role.
//!
//! A [port](crate::application::ports::PasswordHasher) hashes passwords, and
//! [`authorize`](crate::application::access::authorize) decides what a role permits. Begin with [`User`].

mod common_passwords;
mod context_word;
mod entity;
mod erased_username_key;
mod id;
mod password_hash;
mod raw_password;
mod role;
mod username;
mod username_prefix;

pub use context_word::{ContextWord, InvalidContextWord};
pub use entity::{ActiveAccount, InactiveAccount, SystemAccount, User, UserState};
pub use erased_username_key::ErasedUsernameKey;
pub use id::UserId;
pub use password_hash::PasswordHash;
pub use raw_password::{InvalidPassword, PasswordPolicy, RawPassword};
pub use role::Role;
pub use username::{InvalidUsername, Username};
pub use username_prefix::{InvalidUsernamePrefix, UsernamePrefix};
