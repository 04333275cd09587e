use std::sync::Arc;

use crate::application::ports::Clock;

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
    /// Minimum length of a new password, in characters.
    pub min_password_length: usize,
    /// The clock by which pages say how long ago something was.
    pub clock: Arc<dyn Clock>,
}
