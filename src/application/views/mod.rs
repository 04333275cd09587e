//! Read models of users, sessions, one-time links and events.
//!
//! The readers among the [`ports`](super::ports) fill this plain data with just the columns that are shown.
//! [`queries`](super::queries) return it, and so do [`commands`](super::commands) that return what they changed. Ports
//! name views so that they need not name queries. Lists of views come in [pages](super::paging).

mod audit_event_view;
mod one_time_link_view;
mod session_view;
mod user_details;
mod user_export;
mod user_view;

pub use audit_event_view::AuditEventView;
pub use one_time_link_view::OneTimeLinkView;
pub use session_view::SessionView;
pub use user_details::UserDetails;
pub use user_export::UserExport;
pub use user_view::UserView;
