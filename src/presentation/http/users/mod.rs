//! What admins do with users, and everybody with their own password: `/api/v1/users`.
//!
//! A file for each operation; the others are what several of them take or show.

pub(super) mod change_password;
pub(super) mod create_user;
pub(super) mod end_user_sessions;
pub(super) mod get_user;
pub(super) mod grant_admin;
pub(super) mod inactivate_user;
pub(super) mod list_user_sessions;
pub(super) mod list_users;
pub(super) mod reactivate_user;
pub(super) mod revoke_admin;
pub(super) mod target_user;
mod user_cursor;
