use super::{OperatorName, names::named_enum};
use crate::domain::{session::AuthSessionId, user::UserId};

named_enum! {
    /// The kind of an actor.
    AuditActorKind {
        /// A user who is logged in, or has just proved their identity.
        User: "user",
        /// The operator, on the command line.
        Operator: "operator",
        /// A caller without a proven identity.
        Anonymous: "anonymous",
        /// Several actors of any kind.
        Several: "several",
    }
}

/// The actor of an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AuditActor {
    /// A user who is logged in, or has just proved their identity.
    User {
        /// The user.
        id: UserId,
        /// The session of the request, or the one that a log-in began.
        session_id: Option<AuthSessionId>,
    },
    /// The operator, on the command line.
    Operator {
        /// The name of the operator's account on the machine, if known.
        name: Option<OperatorName>,
    },
    /// A caller without a proven identity. The claimed name is not stored, because people type passwords into its
    /// field. An existing user of that name is the target.
    Anonymous,
    /// Actors of too many refusals to store them apart. The event counts them, without a target.
    Several,
}

impl AuditActor {
    /// Returns the kind of the actor.
    pub fn kind(&self) -> AuditActorKind {
        match self {
            Self::User { .. } => AuditActorKind::User,
            Self::Operator { .. } => AuditActorKind::Operator,
            Self::Anonymous => AuditActorKind::Anonymous,
            Self::Several => AuditActorKind::Several,
        }
    }

    /// Returns the user.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Operator { .. } | Self::Anonymous | Self::Several => None,
        }
    }

    /// Returns the session of the user, if known.
    pub fn session_id(&self) -> Option<AuthSessionId> {
        match self {
            Self::User { session_id, .. } => *session_id,
            Self::Operator { .. } | Self::Anonymous | Self::Several => None,
        }
    }

    /// Returns the name of the operator, if known.
    pub fn operator_name(&self) -> Option<&OperatorName> {
        match self {
            Self::Operator { name } => name.as_ref(),
            Self::User { .. } | Self::Anonymous | Self::Several => None,
        }
    }
}
