use paperclip::actix::Apiv2Schema;
use serde::Serialize;

use crate::domain::link::LinkKind;

/// The purpose of a one-time link, by its name.
#[derive(Clone, Copy, Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKindName {
    /// Sets the first password of a user.
    Invitation,
    /// Sets another password of a user.
    Recovery,
}

impl From<LinkKind> for LinkKindName {
    fn from(kind: LinkKind) -> Self {
        match kind {
            LinkKind::Invitation => Self::Invitation,
            LinkKind::Recovery => Self::Recovery,
        }
    }
}
