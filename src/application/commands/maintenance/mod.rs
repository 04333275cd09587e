//! What the server does by itself, on nobody's request.

mod purge_expired_sessions;

pub use purge_expired_sessions::{PurgeExpiredSessions, PurgeExpiredSessionsError};
