use chrono::{DateTime, Utc};

use super::UserView;

/// A user, with what the use of the account left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDetails {
    /// The user.
    pub user: UserView,
    /// When a session of the user was last begun or used, accurate to five minutes; none if the user never logged in.
    pub last_seen_at: Option<DateTime<Utc>>,
}
