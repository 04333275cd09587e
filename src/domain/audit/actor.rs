use crate::domain::user::UserId;

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditActor {
    /// A user, who is logged in or just proved to be the one.
    User(UserId),
    /// Whoever holds the machine, on the command line.
    Operator,
    /// Somebody who proved nothing. Whom they claimed to be is remembered only as the target, and only if there is such a
    /// user: people type passwords there.
    Anonymous,
}

impl AuditActor {
    /// The stable name of the kind, in snake case.
    pub fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Operator => "operator",
            Self::Anonymous => "anonymous",
        }
    }

    /// The user, if it is one.
    pub fn user_id(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Operator | Self::Anonymous => None,
        }
    }

    /// The actor of that kind, who is the user of that id if any.
    pub fn of(kind: &str, user_id: Option<UserId>) -> Option<Self> {
        match (kind, user_id) {
            ("user", Some(id)) => Some(Self::User(id)),
            ("operator", None) => Some(Self::Operator),
            ("anonymous", None) => Some(Self::Anonymous),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn an_actor_comes_back_from_what_is_stored_of_it() {
        let id = UserId::new(DateTime::UNIX_EPOCH, [1; 10]);
        for actor in [AuditActor::User(id), AuditActor::Operator, AuditActor::Anonymous] {
            assert_eq!(AuditActor::of(actor.kind(), actor.user_id()), Some(actor));
        }
        for (kind, user_id) in [("user", None), ("operator", Some(id)), ("somebody", None)] {
            assert_eq!(AuditActor::of(kind, user_id), None);
        }
    }
}
