use super::{OperatorName, names::named_enum};
use crate::domain::{session::AuthSessionId, user::UserId};

named_enum! {
    /// What kind of actor did something.
    AuditActorKind {
        /// A user, who is logged in or just proved to be the one.
        User: "user",
        /// Whoever holds the machine, on the command line.
        Operator: "operator",
        /// Somebody who proved nothing.
        Anonymous: "anonymous",
        /// More than one actor, of any kind.
        Several: "several",
    }
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AuditActor {
    /// A user, who is logged in or just proved to be the one.
    User {
        /// The user.
        id: UserId,
        /// The session in which it was done, or which a log-in began.
        session_id: Option<AuthSessionId>,
    },
    /// Whoever holds the machine, on the command line.
    Operator {
        /// What the machine calls them, if it says.
        name: Option<OperatorName>,
    },
    /// Somebody who proved nothing. Whom they claimed to be is remembered only as the target, and only if there is such a
    /// user: people type passwords there.
    Anonymous,
    /// Actors whose refusals were too many to be told apart. The event counts them, and names no target.
    Several,
}

impl AuditActor {
    /// The kind of actor.
    pub fn kind(&self) -> AuditActorKind {
        match self {
            Self::User { .. } => AuditActorKind::User,
            Self::Operator { .. } => AuditActorKind::Operator,
            Self::Anonymous => AuditActorKind::Anonymous,
            Self::Several => AuditActorKind::Several,
        }
    }

    /// The user, if it is one.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Operator { .. } | Self::Anonymous | Self::Several => None,
        }
    }

    /// The session of the user, if it is one and the session is known.
    pub fn session_id(&self) -> Option<AuthSessionId> {
        match self {
            Self::User { session_id, .. } => *session_id,
            Self::Operator { .. } | Self::Anonymous | Self::Several => None,
        }
    }

    /// What the machine calls the operator, if it is one and the name is known.
    pub fn operator_name(&self) -> Option<&OperatorName> {
        match self {
            Self::Operator { name } => name.as_ref(),
            Self::User { .. } | Self::Anonymous | Self::Several => None,
        }
    }
}
