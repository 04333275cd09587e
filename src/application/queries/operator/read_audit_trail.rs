use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{FindUser, FindUserError};
use crate::{
    application::{
        ports::AuditEventReader,
        queries::audit::{AuditEventFilter, AuditEventPage, AuditEventPageRequest},
    },
    domain::{audit::AuditAction, user::UserId},
};

/// Reads the events of the audit trail, a page at a time.
///
/// - Open to the operator only.
/// - The newest come first. Users are called by their names.
/// - Refuses a name that nobody has.
pub struct ReadAuditTrail {
    pub(crate) events: Arc<dyn AuditEventReader>,
    pub(crate) find_user: FindUser,
}

/// Which events are wanted; what is not given matches every one.
#[derive(Clone, Debug, Default)]
pub struct ReadAuditTrailRequest {
    /// Only what the user of this name did, or was refused.
    pub actor: Option<String>,
    /// Only what was done to the user of this name.
    pub target: Option<String>,
    /// Only this action.
    pub action: Option<AuditAction>,
    /// Only what was refused, or only what was done.
    pub is_refused: Option<bool>,
    /// Only from then on, to the millisecond.
    pub since: Option<DateTime<Utc>>,
    /// Only before then, to the millisecond.
    pub until: Option<DateTime<Utc>>,
    /// Which part of them.
    pub page: AuditEventPageRequest,
}

impl ReadAuditTrail {
    /// Answers the query.
    ///
    /// # Errors
    /// [`FindUserError`] if nobody has a name that is given, or storage fails.
    pub async fn execute(&self, request: &ReadAuditTrailRequest) -> Result<AuditEventPage, FindUserError> {
        let filter = AuditEventFilter {
            actor_id: self.id_of(request.actor.as_deref()).await?,
            target_id: self.id_of(request.target.as_deref()).await?,
            action: request.action,
            is_refused: request.is_refused,
            since: request.since,
            until: request.until,
        };
        Ok(self.events.list(&filter, &request.page).await?)
    }

    async fn id_of(&self, username: Option<&str>) -> Result<Option<UserId>, FindUserError> {
        match username {
            Some(username) => Ok(Some(self.find_user.execute(username).await?.id)),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::testing::World;

    #[tokio::test]
    async fn users_are_called_by_their_names_whatever_the_case() {
        let world = World::new();
        world.sign_up("alice").await;
        world.sign_up("brian").await;
        let read_audit_trail = ReadAuditTrail {
            events: world.store(),
            find_user: FindUser { users: world.store() },
        };
        let by = |actor: &str| ReadAuditTrailRequest {
            actor: Some(actor.to_owned()),
            ..ReadAuditTrailRequest::default()
        };
        let page = read_audit_trail.execute(&by("ALICE")).await.unwrap();
        assert_eq!(page.events.len(), 1);
        assert_eq!(page.events[0].target_username.as_deref(), Some("alice"));

        let refusal = read_audit_trail.execute(&by("nobody")).await;
        assert!(matches!(refusal, Err(FindUserError::UserNotFound)));
    }
}
