//! Commands of users on their own account and sessions.
//!
//! Signing up, logging in and logging out are use cases like any other, so that no entry point needs to know the
//! infrastructure. [`Authenticate`] runs first in every request, and returns the
//! [`Actor`](crate::application::access::Actor) that the others take. [`ChangePassword`] is one operation for users and
//! admins. [`VerifyCaller`] identifies the caller of another service, by the session or by a [`Pass`].

mod authenticate;
mod change_password;
mod end_all_sessions;
mod end_session;
mod issue_pass;
mod log_in;
mod log_in_error;
mod log_out;
mod password_check;
mod session_check;
mod session_issue;
mod sign_up;
mod verify_caller;

pub use authenticate::{Authenticate, AuthenticateError, Authenticated};
pub use change_password::{ChangePassword, ChangePasswordError, ChangePasswordRequest};
pub use end_all_sessions::EndAllSessions;
pub use end_session::{EndSession, EndSessionError};
pub use issue_pass::{IssuePass, Pass};
pub use log_in::{LogIn, LogInRequest};
pub use log_in_error::LogInError;
pub use log_out::LogOut;
pub use password_check::PasswordCheck;
pub use session_check::SessionCheck;
pub use session_issue::{LoggedIn, SessionIssue};
pub use sign_up::{SignUp, SignUpError, SignUpRequest};
pub use verify_caller::{VerifyCaller, VerifyCallerError};
