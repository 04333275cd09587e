/// The purpose of a one-time link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Sets the first password of a user.
    Invitation,
    /// Sets another password of a user, who has lost it.
    Recovery,
}

impl LinkKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Invitation, Self::Recovery];

    /// Returns the kind with this [name](Self::as_str).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Returns the stable name in storage and for clients.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Recovery => "recovery",
        }
    }
}
