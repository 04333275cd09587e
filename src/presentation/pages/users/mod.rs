//! The pages of admins: users and what can be done to them.

pub mod action;
mod address;
pub mod ask;
pub mod create_user;
pub mod end_user_sessions;
pub mod erase_user;
pub mod grant_admin;
pub mod inactivate_user;
pub mod issue_link;
mod issued_link;
pub mod list_users;
pub mod reactivate_user;
pub mod revoke_admin;
pub mod set_password;
pub mod show_user;
pub mod withdraw_link;
