use crate::{
    application::Actor,
    domain::audit::{AuditActor, Provenance},
    domain::user::UserId,
};

/// Who does something, and where that comes from.
#[derive(Clone, Copy, Debug)]
pub struct Initiator<'a> {
    pub(super) actor: AuditActor,
    pub(super) provenance: Option<&'a Provenance>,
}

impl<'a> Initiator<'a> {
    /// Whoever holds the machine.
    pub const OPERATOR: Self = Self {
        actor: AuditActor::Operator,
        provenance: None,
    };

    /// A user who is not logged in, but has just proved to be the one.
    pub fn user(id: UserId, provenance: &'a Provenance) -> Self {
        Self {
            actor: AuditActor::User(id),
            provenance: Some(provenance),
        }
    }

    /// Somebody who has proved nothing.
    pub fn anonymous(provenance: &'a Provenance) -> Self {
        Self {
            actor: AuditActor::Anonymous,
            provenance: Some(provenance),
        }
    }
}

impl<'a> From<&'a Actor> for Initiator<'a> {
    fn from(actor: &'a Actor) -> Self {
        Self::user(actor.id(), &actor.provenance)
    }
}
