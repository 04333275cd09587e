//! The management of users, and changes of passwords: `/api/v1/users`.
//!
//! One file per operation; the others are inputs and outputs that several operations share.

pub(super) mod change_password;
pub(super) mod create_user;
pub(super) mod end_user_sessions;
pub(super) mod erase_user;
pub(super) mod get_user;
pub(super) mod grant_admin;
pub(super) mod inactivate_user;
pub(super) mod issue_link;
pub(super) mod list_user_sessions;
pub(super) mod list_users;
pub(super) mod reactivate_user;
pub(super) mod revoke_admin;
pub(super) mod target_user;
pub(super) mod withdraw_link;
