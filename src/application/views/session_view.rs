use chrono::{DateTime, Utc};

use crate::domain::session::{AuthSession, AuthSessionId, ClientDetails};

/// The details of a session that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// The id of the session.
    pub id: AuthSessionId,
    /// When the user logged in.
    pub created_at: DateTime<Utc>,
    /// When the session was last used, accurate to five minutes.
    pub last_seen_at: DateTime<Utc>,
    /// When the session expires unless it is used again.
    pub expires_at: DateTime<Utc>,
    /// The client that logged in.
    pub client: ClientDetails,
}

impl From<AuthSession> for SessionView {
    fn from(session: AuthSession) -> Self {
        let state = session.state().clone();
        Self {
            id: state.id,
            created_at: state.created_at,
            last_seen_at: state.last_seen_at,
            expires_at: state.expires_at,
            client: state.client,
        }
    }
}
