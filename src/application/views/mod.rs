//! Read models: what is shown of users, sessions and events.
//!
//! Plain data, filled by the readers among the [`ports`](super::ports) with just the columns that are shown, and
//! returned by [`queries`](super::queries) and by those [`commands`](super::commands) that return what they changed. A
//! port names a view so that it need not name the query that it serves. Lists of views come in pages, see
//! [`paging`](super::paging).

mod audit_event_view;
mod session_view;
mod user_view;

pub use audit_event_view::AuditEventView;
pub use session_view::SessionView;
pub use user_view::UserView;
