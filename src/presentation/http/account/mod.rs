//! The caller's own account and sessions: `/api/v1/account`.
//!
//! One file per operation; the others are outputs that several operations share.

pub(super) mod current_user;
pub(super) mod end_all_sessions;
pub(super) mod end_session;
pub(super) mod issue_pass;
pub(super) mod list_sessions;
pub(super) mod log_in;
pub(super) mod log_out;
pub(super) mod read_link;
pub(super) mod redeem_link;
pub(super) mod sign_up;
pub(super) mod verify_caller;
pub(super) mod who_am_i;
