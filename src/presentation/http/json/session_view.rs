use chrono::{DateTime, Utc};
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use uuid::Uuid;

use crate::{application::views, domain::session::AuthSessionId};

/// A session.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct SessionView {
    /// The id of the session. It does not grant access.
    id: Uuid,
    /// When the user logged in.
    created_at: DateTime<Utc>,
    /// When the session was last used, accurate to five minutes.
    last_seen_at: DateTime<Utc>,
    /// When the session expires unless it is used again.
    expires_at: DateTime<Utc>,
    /// The IP address of the log-in, if it is known.
    address: Option<String>,
    /// The `User-Agent` that the client sent at log-in, truncated if it is long.
    user_agent: Option<String>,
    /// Whether it is the session of this request.
    current: bool,
}

impl SessionView {
    /// Builds the view of a session that the caller in the session `current` sees.
    pub fn new(session: views::SessionView, current: AuthSessionId) -> Self {
        let client = session.client;
        Self {
            id: session.id.as_uuid(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            address: client.address.map(|address| address.to_string()),
            user_agent: client.user_agent.map(|user_agent| user_agent.as_str().to_owned()),
            current: session.id == current,
        }
    }
}
