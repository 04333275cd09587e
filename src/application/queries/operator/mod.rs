//! What the operator, who holds the machine itself, may look up outside of any session, by the names of users.

mod find_user;
mod read_audit_trail;

pub use find_user::{FindUser, FindUserError};
pub use read_audit_trail::{ReadAuditTrail, ReadAuditTrailRequest, RequestedActor};
