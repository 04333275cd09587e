use chrono::{DateTime, Utc};

use crate::domain::session::AuthSessionId;

/// Records when sessions were last seen, as far as it costs no request anything.
pub trait LastSeenRecorder: Send + Sync {
    /// Records that the session was seen at `now`, if it lives and was
    /// [not seen lately](crate::domain::session::AuthSession::LAST_SEEN_STEP).
    ///
    /// Returns at once; what was recorded shows a little later. While storage is busy or out of reach nothing is: then a
    /// later use of the session will be.
    fn record(&self, id: AuthSessionId, now: DateTime<Utc>);
}
