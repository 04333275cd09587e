use std::{cmp::Reverse, sync::Arc};

use chrono::DateTime;

use super::find_user::{FindUserError, find_by_name};
use crate::{
    application::{
        paging::{AuditEventFilter, AuditEventPageRequest},
        ports::{AuditEventReader, OneTimeLinkReader, SessionReader, StorageError, UserReader},
        throttle::Throttle,
        views::{AuditEventView, UserExport},
    },
    domain::throttle::ThrottleBucket,
};

/// Exports everything that is stored of a person.
///
/// - Open to the operator only, to answer a request for access.
/// - Ignores the case of the name.
/// - Leaves out the hashes of the password and of the secrets of sessions and links, with which others could attack the
///   account, and counts that are stored under hashes of addresses.
/// - Rejects an invalid username, and a name that no user has.
pub struct ExportUser {
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) sessions: Arc<dyn SessionReader>,
    pub(crate) links: Arc<dyn OneTimeLinkReader>,
    pub(crate) events: Arc<dyn AuditEventReader>,
    pub(crate) throttle: Arc<Throttle>,
}

impl ExportUser {
    /// Answers the query.
    ///
    /// # Errors
    /// See [`FindUserError`].
    pub async fn execute(&self, username: &str) -> Result<UserExport, FindUserError> {
        let details = find_by_name(self.users.as_ref(), username).await?;
        let user = &details.user;
        // All of them expire later.
        let sessions = self.sessions.list_live(user.id, DateTime::UNIX_EPOCH).await?;

        let link = self.links.find_of(user.id).await?;

        let by_user = AuditEventFilter {
            actor_id: Some(user.id),
            ..AuditEventFilter::default()
        };
        let about_user = AuditEventFilter {
            target_id: Some(user.id),
            ..AuditEventFilter::default()
        };
        let mut audit_events = self.all_events(&by_user).await?;
        audit_events.extend(self.all_events(&about_user).await?);
        audit_events.sort_by_key(|view| Reverse(view.event.id));
        audit_events.dedup_by_key(|view| view.event.id);

        let buckets = self.throttle.failed_log_ins_of(user.id, &user.username).await?;
        let mut failed = buckets.iter().map(ThrottleBucket::state);
        let mut next = || failed.next().filter(|state| state.failures > 0).cloned();
        Ok(UserExport {
            failed_log_ins: next(),
            failed_log_ins_on_known_devices: next(),
            details,
            sessions,
            link,
            audit_events,
        })
    }

    async fn all_events(&self, filter: &AuditEventFilter) -> Result<Vec<AuditEventView>, StorageError> {
        let (mut all, mut request) = (Vec::new(), AuditEventPageRequest::default());
        loop {
            let page = self.events.list(filter, &request).await?;
            all.extend(page.events);
            request.after = page.next;
            if page.next.is_none() {
                return Ok(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        application::{audit_trail::AuditAction, paging::PageLimit, testing::World},
        domain::user::Role,
    };

    fn export_user(world: &World) -> ExportUser {
        ExportUser {
            users: world.store(),
            sessions: world.store(),
            links: world.store(),
            events: world.store(),
            throttle: world.throttle(),
        }
    }

    #[tokio::test]
    async fn everything_of_the_person_is_exported_and_nothing_of_others() {
        let world = World::new();
        let view = world.sign_up("alice").await;
        let (alice, brian) = (world.user(view.id).await.unwrap(), world.sign_up("brian").await);
        world.begin_session(&alice);
        world.begin_session(&world.user(brian.id).await.unwrap());
        world.advance(TimeDelta::minutes(60));
        world.change_account().promote("brian").await.unwrap();
        world.fail_to_log_in("alice").await;

        let export = export_user(&world).execute("ALICE").await.unwrap();

        assert_eq!(
            (export.details.user.id, export.details.user.role),
            (view.id, Role::User)
        );
        assert_eq!(export.sessions.len(), 1, "an expired one too");
        let actions = Vec::from_iter(export.audit_events.iter().map(|view| view.event.action));
        assert_eq!(actions, [AuditAction::SignUp]);
        assert_eq!(export.failed_log_ins.map(|state| state.failures), Some(1));
        assert_eq!(export.failed_log_ins_on_known_devices, None);
    }

    #[tokio::test]
    async fn an_unknown_name_is_refused() {
        let refusal = export_user(&World::new()).execute("nobody").await;
        assert!(matches!(refusal, Err(FindUserError::UserNotFound)));
    }

    #[tokio::test]
    async fn events_on_many_pages_are_exported_once() {
        let world = World::new();
        let view = world.sign_up("alice").await;
        let several_pages = 2 * PageLimit::default().get();
        for _ in 0..several_pages {
            world.change_account().revoke_sessions("alice").await.unwrap();
        }
        let export = export_user(&world).execute("alice").await.unwrap();
        assert_eq!(export.details.user.id, view.id);
        assert_eq!(export.audit_events.len(), several_pages as usize + 1);
    }
}
