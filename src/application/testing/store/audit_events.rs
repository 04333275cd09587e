//! The audit trail in memory.

use async_trait::async_trait;

use super::{InMemoryStore, InMemoryTransaction, State};
use crate::{
    application::{
        audit_trail::{AuditEvent, AuditEventId},
        paging::{AuditEventFilter, AuditEventPage, AuditEventPageRequest},
        ports::{AuditEventReader, AuditEventRepository, StorageError},
        views::AuditEventView,
    },
    domain::user::UserId,
};

#[async_trait]
impl AuditEventRepository for InMemoryTransaction {
    async fn append(&self, event: &AuditEvent) -> Result<(), StorageError> {
        self.working
            .lock()
            .unwrap()
            .audit_events
            .insert(event.id, event.clone());
        Ok(())
    }

    async fn remove_addresses_of(&self, actor_id: UserId) -> Result<(), StorageError> {
        let mut state = self.working.lock().unwrap();
        for event in state.audit_events.values_mut() {
            if event.actor.user_id() == Some(actor_id) {
                event.provenance.address = None;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl AuditEventReader for InMemoryStore {
    async fn list(
        &self,
        filter: &AuditEventFilter,
        page: &AuditEventPageRequest,
    ) -> Result<AuditEventPage, StorageError> {
        let state = self.read()?;
        let events = state.audit_events.values().rev();
        let wanted = events
            .filter(|event| matches(filter, event) && page.after.is_none_or(|after| event.id < after))
            .map(|event| AuditEventView {
                event: event.clone(),
                actor_username: username(&state, event.actor.user_id()),
                target_username: username(&state, event.target_id),
            });
        let one_more = page.limit.get() as usize + 1;
        Ok(AuditEventPage::of(wanted.take(one_more).collect(), page.limit))
    }
}

fn matches(filter: &AuditEventFilter, event: &AuditEvent) -> bool {
    let from = |time| event.id >= AuditEventId::first_at(time);
    filter.actor_kind.is_none_or(|kind| event.actor.kind() == kind)
        && filter.actor_id.is_none_or(|id| event.actor.user_id() == Some(id))
        && filter.target_id.is_none_or(|id| event.target_id == Some(id))
        && filter.action.is_none_or(|action| event.action == action)
        && filter
            .is_refused
            .is_none_or(|is_refused| event.refusal.is_some() == is_refused)
        && filter.since.is_none_or(from)
        && filter.until.is_none_or(|until| !from(until))
}

fn username(state: &State, id: Option<UserId>) -> Option<String> {
    let user = state.users.get(&id?)?;
    Some(user.state().username.to_string())
}
