//! What everyone does with their own account and session: `/api/v1/account`.
//!
//! A file for each operation; the others are what several of them show.

pub(super) mod current_user;
pub(super) mod end_all_sessions;
pub(super) mod end_session;
pub(super) mod list_sessions;
pub(super) mod log_in;
pub(super) mod log_out;
pub(super) mod sign_up;
pub(super) mod who_am_i;
