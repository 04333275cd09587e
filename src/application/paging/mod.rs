//! Pages of lists, and the filters, cursors and limits that select them.

mod audit_event_page;
mod page_limit;
mod total;
mod user_cursor;
mod user_page;
mod user_sorting;

pub use audit_event_page::{AuditEventFilter, AuditEventPage, AuditEventPageRequest};
pub use page_limit::{InvalidPageLimit, PageLimit};
pub use total::{Counting, Total};
pub use user_cursor::{UserCursor, UserSortingKey};
pub use user_page::{InvalidPageOffset, PageOffset, UserFilter, UserPage, UserPageRequest, UserPageStart};
pub use user_sorting::{SortingOrder, UserSortingField};
