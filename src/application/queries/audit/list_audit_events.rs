use std::sync::Arc;

use thiserror::Error;

use crate::application::{
    access::{Actor, NotAuthorized, Permission},
    audit::Audit,
    audit_trail::AuditAction,
    paging::{AuditEventFilter, AuditEventPage, AuditEventPageRequest},
    ports::{AuditEventReader, StorageError},
};

/// Lists the events of the audit trail, a page at a time.
///
/// - Open to super admins, who see the events of all users.
/// - Lists the newest first.
pub struct ListAuditEvents {
    pub(crate) events: Arc<dyn AuditEventReader>,
    pub(crate) audit: Arc<Audit>,
}

/// Why no event was listed.
#[derive(Debug, Error)]
pub enum ListAuditEventsError {
    /// The actor is not a super admin.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ListAuditEvents {
    /// Answers the query.
    ///
    /// # Errors
    /// See [`ListAuditEventsError`].
    pub async fn execute(
        &self,
        actor: &Actor,
        filter: &AuditEventFilter,
        page: &AuditEventPageRequest,
    ) -> Result<AuditEventPage, ListAuditEventsError> {
        self.audit
            .authorize(actor, AuditAction::ListAuditEvents, Permission::ReadAuditEvents)?;
        Ok(self.events.list(filter, page).await?)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{application::testing::World, domain::user::Role};

    async fn list(world: &World, role: Role) -> Result<AuditEventPage, ListAuditEventsError> {
        let list_audit_events = ListAuditEvents {
            events: world.store(),
            audit: world.audit(),
        };
        let (filter, page) = (AuditEventFilter::default(), AuditEventPageRequest::default());
        list_audit_events.execute(&world.actor(role), &filter, &page).await
    }

    #[tokio::test]
    async fn a_super_admin_reads_what_was_done() {
        let world = World::new();
        world.sign_up("alice").await;
        let page = list(&world, Role::SuperAdmin).await.unwrap();
        let [view] = &page.events[..] else {
            panic!("there is one event")
        };
        assert_eq!(view.event.action, AuditAction::SignUp);
        assert_eq!(view.actor_username.as_deref(), Some("alice"));
    }

    #[rstest]
    #[tokio::test]
    async fn others_are_refused_and_that_is_noted(#[values(Role::User, Role::Admin)] role: Role) {
        let world = World::new();
        let refusal = list(&world, role).await;
        assert!(matches!(refusal, Err(ListAuditEventsError::NotAuthorized(_))));
        assert_eq!(world.refusals()[0].action, AuditAction::ListAuditEvents);
    }
}
