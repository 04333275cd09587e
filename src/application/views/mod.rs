//! Read models: what is shown of users, sessions and events, and which part of a list is wanted.
//!
//! Plain data, filled by the readers among the [`ports`](super::ports) with just the columns that are shown, and
//! returned by [`queries`](super::queries) and by those [`commands`](super::commands) that tell what they changed. All
//! name this module, so that a port need not name the query that it serves. What can change is an entity of the
//! [`domain`](crate::domain); what JSON is made of a view is up to [`presentation`](crate::presentation).

mod audit_event_page;
mod page_limit;
mod session_view;
mod total;
mod user_cursor;
mod user_page;
mod user_sorting;
mod user_view;

pub use audit_event_page::{AuditEventFilter, AuditEventPage, AuditEventPageRequest, AuditEventView};
pub use page_limit::{InvalidPageLimit, PageLimit};
pub use session_view::SessionView;
pub use total::{Counting, Total};
pub use user_cursor::{UserCursor, UserSortingKey};
pub use user_page::{InvalidPageOffset, PageOffset, UserFilter, UserPage, UserPageRequest, UserPageStart};
pub use user_sorting::{SortingOrder, UserSortingField};
pub use user_view::UserView;
