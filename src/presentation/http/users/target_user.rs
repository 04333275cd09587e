use paperclip::actix::Apiv2Schema;
use serde::Deserialize;

/// The user to change.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct TargetUser {
    /// The username, in any case.
    pub username: String,
}
