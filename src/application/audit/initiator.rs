use crate::{
    application::{
        Actor,
        audit_trail::{AuditActor, Provenance},
    },
    domain::{session::AuthSessionId, user::UserId},
};

/// Who does something, and where that comes from.
#[derive(Clone, Debug)]
pub struct Initiator<'a> {
    pub(super) actor: AuditActor,
    pub(super) provenance: Option<&'a Provenance>,
}

impl<'a> Initiator<'a> {
    /// A user who is not logged in, but has just proved to be the one, and the session that this begins, if it does.
    pub fn user(id: UserId, session_id: Option<AuthSessionId>, provenance: &'a Provenance) -> Self {
        Self {
            actor: AuditActor::User { id, session_id },
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
        Self::user(actor.id(), Some(actor.session_id), &actor.provenance)
    }
}
