use secrecy::SecretString;

use super::{LogInError, LoggedIn, PasswordCheck, SessionIssue};
use crate::{
    application::{audit_trail::Provenance, ports::DeviceToken},
    domain::session::UserAgent,
};

/// Begins a session for a user who knows the password.
///
/// - Open to everyone.
/// - [Checks the password](PasswordCheck), then [issues a session](SessionIssue), in one transaction.
pub struct LogIn {
    pub(crate) password_check: PasswordCheck,
    pub(crate) session_issue: SessionIssue,
}

/// The credentials of a user, and the details of the client.
#[derive(Debug)]
pub struct LogInRequest {
    /// The username.
    pub username: String,
    /// The password.
    pub password: SecretString,
    /// The token of the device, if the user has logged in on it before.
    pub device_token: Option<DeviceToken>,
    /// The user agent of the client.
    pub user_agent: Option<UserAgent>,
    /// Where the request comes from.
    pub provenance: Provenance,
}

impl LogIn {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`LogInError`].
    pub async fn execute(&self, request: LogInRequest) -> Result<LoggedIn, LogInError> {
        self.password_check
            .check(
                &request.username,
                &request.password,
                request.device_token.as_ref(),
                &request.provenance,
                |transaction, user| {
                    let (user_agent, provenance) = (request.user_agent, &request.provenance);
                    self.session_issue.issue(transaction, user, user_agent, provenance)
                },
            )
            .await
    }
}

#[cfg(test)]
mod tests;
