use chrono::{DateTime, Utc};

use crate::application::{Actor, queries::users::UserView};

/// Tells the caller who he is.
///
/// - Open to every authenticated caller.
/// - Costs no query of its own: the actor was read from the database when he was authenticated, for this very request.
#[derive(Debug)]
pub struct WhoAmI;

/// The caller himself, and how long he stays logged in.
#[derive(Clone, Debug)]
pub struct CurrentUser {
    /// The user.
    pub user: UserView,
    /// When his session will die unless it is used again.
    pub session_expires_at: DateTime<Utc>,
}

impl WhoAmI {
    /// Answers the query.
    pub fn execute(&self, actor: Actor) -> CurrentUser {
        CurrentUser {
            user: actor.user,
            session_expires_at: actor.session_expires_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{application::testing::actor, domain::user::Role};

    #[test]
    fn the_caller_sees_himself_and_the_end_of_his_session() {
        let actor = actor(Role::User);
        let me = WhoAmI.execute(actor.clone());
        assert_eq!(me.user, actor.user);
        assert_eq!(me.session_expires_at, actor.session_expires_at);
    }
}
