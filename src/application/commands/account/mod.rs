//! What everyone does with their own account and session.
//!
//! Signing up, logging in and logging out are use cases like any other here: they stand on ports for sessions, tokens
//! and hashing, so that no way in needs to know the infrastructure. [`Authenticate`] is what every request begins with:
//! it makes the [`Actor`](crate::application::Actor) whom the others take. [`ChangePassword`] is here, though it is for
//! admins as well: it is one operation for both.

mod authenticate;
mod change_password;
mod end_all_sessions;
mod end_session;
mod log_in;
mod log_out;
mod sign_up;

pub use authenticate::{Authenticate, AuthenticateError, Authenticated};
pub use change_password::{ChangePassword, ChangePasswordError, ChangePasswordRequest};
pub use end_all_sessions::{EndAllSessions, EndAllSessionsError, EndAllSessionsRequest};
pub use end_session::{EndSession, EndSessionError};
pub use log_in::{LogIn, LogInError, LogInRequest, LoggedIn};
pub use log_out::{LogOut, LogOutError};
pub use sign_up::{SignUp, SignUpError, SignUpRequest};
