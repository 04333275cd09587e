use std::sync::Arc;

use crate::application::{
    access::Actor,
    ports::{Clock, SessionReader, StorageError},
    views::SessionView,
};

/// Lists the caller's own sessions.
///
/// - Open to every authenticated caller.
/// - Lists live sessions, newest first, including the current one.
pub struct ListSessions {
    pub(crate) sessions: Arc<dyn SessionReader>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl ListSessions {
    /// Answers the query.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn execute(&self, actor: &Actor) -> Result<Vec<SessionView>, StorageError> {
        self.sessions.list_live(actor.id(), self.clock.now()).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    #[tokio::test]
    async fn only_own_live_sessions_are_listed() {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        world.begin_session(&alice);
        world.advance(TimeDelta::minutes(59));
        let [phone, laptop] = [world.begin_session(&alice), world.begin_session(&alice)];
        world.begin_session(&brian);
        world.advance(TimeDelta::minutes(1));

        let list_sessions = ListSessions {
            sessions: world.store(),
            clock: world.clock(),
        };
        let listed = list_sessions.execute(&phone.actor).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|session| session.id).collect();
        assert_eq!(ids, [laptop.actor.session_id(), phone.actor.session_id()]);

        world.store().fail();
        let refusal = list_sessions.execute(&phone.actor).await;
        assert!(matches!(refusal, Err(StorageError::Unavailable(_))));
    }
}
