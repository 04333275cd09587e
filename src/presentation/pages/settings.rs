use std::sync::Arc;

use crate::{application::ports::Clock, domain::user::PasswordPolicy};

/// The path of the pages, without a slash at its end.
pub const PATH: &str = "/console";

/// Settings of the pages, already validated.
#[derive(Clone)]
pub struct PagesSettings {
    /// The name of the service, in the head of every page.
    pub title: String,
    /// Whether anyone may sign up.
    pub sign_up_enabled: bool,
    /// The first origin under which browsers reach the server, if any is configured.
    pub public_origin: Option<String>,
    /// The rules for new passwords.
    pub password_policy: PasswordPolicy,
    /// Whether admins may set the passwords of others.
    pub admins_set_passwords: bool,
    /// The clock by which pages say how long ago something was.
    pub clock: Arc<dyn Clock>,
}
