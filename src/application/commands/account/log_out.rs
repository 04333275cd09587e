use std::sync::Arc;

use crate::application::{access::Actor, audit_trail::AuditAction, commands::Changes, ports::StorageError};

/// Ends the current session of the caller.
///
/// - Open to every authenticated caller.
/// - Ends only that session. Succeeds if another request has just ended it.
pub struct LogOut {
    pub(crate) changes: Arc<Changes>,
}

impl LogOut {
    /// Executes the command.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn execute(&self, actor: &Actor) -> Result<(), StorageError> {
        if self.changes.end_session(actor, AuditAction::LogOut).await? {
            log::info!("user {} logged out, session {}", actor.id(), actor.session_id());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    fn log_out(world: &World) -> LogOut {
        LogOut {
            changes: world.changes(),
        }
    }

    #[tokio::test]
    async fn the_session_ends_and_no_other() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        let elsewhere = world.begin_session(&alice);

        let log_out = log_out(&world);
        log_out.execute(&here.actor).await.unwrap();
        assert!(!world.is_live(&here).await);
        assert!(world.is_live(&elsewhere).await);

        log_out.execute(&here.actor).await.unwrap();
        assert_eq!(world.done(), [(AuditAction::LogOut, alice.id())]);
    }

    #[tokio::test]
    async fn a_lost_database_is_reported() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        world.store().fail();
        let log_out = log_out(&world);
        assert!(matches!(
            log_out.execute(&here.actor).await,
            Err(StorageError::Unavailable(_))
        ));
    }
}
