//! Queries of the operator, who acts without a session and identifies users by name.

mod export_user;
mod find_user;
mod read_audit_trail;

pub use export_user::ExportUser;
pub use find_user::{FindUser, FindUserError};
pub use read_audit_trail::{ReadAuditTrail, ReadAuditTrailRequest, RequestedActor, RequestedUser};
