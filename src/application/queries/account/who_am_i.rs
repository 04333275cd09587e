use chrono::{DateTime, Utc};

use crate::application::{access::Actor, views::UserView};

/// Returns the caller.
///
/// - Open to every authenticated caller.
/// - Runs no query of its own, because authentication has just read the actor from the database.
#[derive(Debug)]
pub struct WhoAmI;

/// The caller, and when the session ends.
#[derive(Clone, Debug)]
pub struct CurrentUser {
    /// The user.
    pub user: UserView,
    /// When the session expires unless it is used again.
    pub session_expires_at: DateTime<Utc>,
}

impl WhoAmI {
    /// Answers the query.
    pub fn execute(&self, actor: Actor) -> CurrentUser {
        CurrentUser {
            session_expires_at: actor.session_expires_at(),
            user: actor.user,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{application::testing::actor, domain::user::Role};

    #[test]
    fn the_caller_is_shown_with_the_end_of_the_session() {
        let actor = actor(Role::User);
        let me = WhoAmI.execute(actor.clone());
        assert_eq!(me.user, actor.user);
        assert_eq!(me.session_expires_at, actor.session_expires_at());
    }
}
