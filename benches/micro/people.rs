//! Users to measure with.

use chrono::{DateTime, Utc};
use gatehouse::domain::user::{PasswordHash, Role, User, UserId, Username};

/// When everything is measured.
pub const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

/// What is stored of a password.
pub const PASSWORD_HASH: &str = "$2b$12$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// The user of this number, of whom there is but one.
pub fn user(number: u8, role: Role) -> User {
    User::new(
        UserId::new(NOW, [number; 10]),
        Username::new(format!("Somebody.{number:03}")).unwrap(),
        PasswordHash::new(PASSWORD_HASH),
        role,
        NOW,
    )
}
