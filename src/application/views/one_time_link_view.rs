use chrono::{DateTime, Utc};

use crate::domain::{
    link::LinkKind,
    user::{UserId, Username},
};

/// The details of a one-time link that are shown to whoever has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeLinkView {
    /// The user whose password it sets.
    pub user_id: UserId,
    /// The username.
    pub username: Username,
    /// What the link is for.
    pub kind: LinkKind,
    /// When the link expires.
    pub expires_at: DateTime<Utc>,
}
