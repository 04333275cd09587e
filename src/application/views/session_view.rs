use chrono::{DateTime, Utc};

use crate::domain::session::{AuthSessionId, ClientDetails};

/// A session as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Its public name.
    pub id: AuthSessionId,
    /// When the user logged in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, or a few minutes before.
    pub last_seen_at: DateTime<Utc>,
    /// When it expires unless it is used again.
    pub expires_at: DateTime<Utc>,
    /// What was known of the client who logged in.
    pub client: ClientDetails,
}
