//! The pages of the own account, and those of visitors: log-in, sign-up and one-time links.

pub mod change_password;
pub mod end_all_sessions;
pub mod end_session;
pub mod log_in;
pub mod log_out;
pub mod overview;
pub mod sign_up;
pub mod welcome;
