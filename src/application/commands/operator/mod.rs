//! Commands of the operator, who acts without a session: the only way to make and unmake super admins.
//!
//! There is no actor to authorize, because anyone who can run the program on the database may do all this.

mod change_account;
mod create_super_admin;
mod erase_account;
mod invite_user;
mod recover_account;
mod set_password;

pub use change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
pub use create_super_admin::CreateSuperAdmin;
pub use erase_account::{EraseAccount, EraseAccountError};
pub use invite_user::InviteUser;
pub use recover_account::{RecoverAccount, RecoverAccountError};
pub use set_password::{SetPassword, SetPasswordError};
