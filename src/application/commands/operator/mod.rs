//! What the operator does, who holds the machine and acts outside of any session: the only way to make and unmake super
//! admins.
//!
//! There is no actor to authorize: whoever can start the program with the database may do all this.

mod change_account;
mod create_super_admin;
mod set_password;

pub use change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
pub use create_super_admin::CreateSuperAdmin;
pub use set_password::{SetPassword, SetPasswordError};
