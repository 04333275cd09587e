use chrono::TimeDelta;

use super::LinkKind;

/// How long one-time links of each kind live.
#[derive(Clone, Copy, Debug)]
pub struct LinkLifetimes {
    /// The lifetime of an invitation.
    pub invitation: TimeDelta,
    /// The lifetime of a recovery link.
    pub recovery: TimeDelta,
}

impl LinkLifetimes {
    /// Returns the lifetime of a link of this kind.
    pub fn of(&self, kind: LinkKind) -> TimeDelta {
        match kind {
            LinkKind::Invitation => self.invitation,
            LinkKind::Recovery => self.recovery,
        }
    }
}
