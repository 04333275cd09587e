//! What the operator does, who holds the machine and acts outside of any session: the only way to make and unmake super
//! admins.
//!
//! There is no actor to authorize: who may start the program with the database may do all this. The commands that
//! change an account share [`ChangeAccount`], which ends its sessions and keeps the last super admin.

mod change_account;
mod create_super_admin;
mod demote;
mod inactivate;
mod promote;
mod reactivate;
mod revoke_sessions;
mod set_password;

pub use change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
pub use create_super_admin::CreateSuperAdmin;
pub use demote::Demote;
pub use inactivate::Inactivate;
pub use promote::Promote;
pub use reactivate::Reactivate;
pub use revoke_sessions::{RevokeSessions, RevokeSessionsError};
pub use set_password::{SetPassword, SetPasswordError};
