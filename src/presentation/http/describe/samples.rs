//! Values for the examples of several operations.

use serde_json::{Value, json};

use crate::domain::user::PasswordPolicy;

/// A username.
pub const ADA: &str = "Ada.Lovelace";
/// An id.
pub const ID: &str = "019b796d-d600-7c2e-9d5f-4b1a6e3c8f20";
/// A time.
pub const TIME: &str = "2026-01-01T12:00:00Z";
/// The expiry of a session that began at [`TIME`].
pub const EXPIRY: &str = "2026-01-01T13:00:00Z";

/// The token of a one-time link.
pub const TOKEN: &str = "C4cYvX6Rbl2h0u8qGZ3nJ5kT7wE9sA1dF-mPo_iUyLM";
/// A one-time link.
pub const LINK: &str = "https://users.example.com/console/welcome#C4cYvX6Rbl2h0u8qGZ3nJ5kT7wE9sA1dF-mPo_iUyLM";
/// The expiry of a recovery link that was issued at [`TIME`].
pub const LINK_EXPIRY: &str = "2026-01-02T12:00:00Z";

/// A password that is long enough under `policy`.
pub fn password(policy: &PasswordPolicy) -> String {
    long_enough("correct horse battery staple", policy)
}

/// Another password that is long enough under `policy`.
pub fn new_password(policy: &PasswordPolicy) -> String {
    long_enough("a longer sentence is a better password", policy)
}

/// A body that names [`ADA`].
pub fn target(_: &PasswordPolicy) -> Value {
    json!({ "username": ADA })
}

/// The username and the password of [`ADA`].
pub fn credentials(policy: &PasswordPolicy) -> Value {
    json!({ "username": ADA, "password": password(policy) })
}

/// [`ADA`] as a plain, active user.
pub fn ada() -> Value {
    user(ADA, "user", true)
}

/// [`ADA`] as a caller.
pub fn caller() -> Value {
    let mut caller = ada();
    caller["session_expires_at"] = json!(EXPIRY);
    caller
}

/// A user.
pub fn user(username: &str, role: &str, is_active: bool) -> Value {
    json!({
        "id": ID,
        "username": username,
        "role": role,
        "is_active": is_active,
        "is_invited": false,
        "created_at": TIME,
        "updated_at": TIME,
    })
}

/// Adds to a user what lists of users show besides.
pub fn listed(mut user: Value) -> Value {
    user["last_seen_at"] = json!(TIME);
    user
}

/// A list of one session.
pub fn sessions(current: bool) -> Value {
    let session = json!({
        "id": ID,
        "created_at": TIME,
        "last_seen_at": TIME,
        "expires_at": EXPIRY,
        "address": "192.0.2.1",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
        "current": current,
    });
    json!({ "sessions": [session] })
}

fn long_enough(phrase: &str, policy: &PasswordPolicy) -> String {
    let length = phrase.len().max(policy.min_length());
    phrase.chars().cycle().take(length).collect()
}
