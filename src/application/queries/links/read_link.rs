use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        audit::Audit,
        audit_trail::{AuditAction, Provenance, RefusalReason},
        ports::{Clock, OneTimeLinkReader, StorageError},
        throttle::{Throttle, ThrottleSubject, Throttled},
        views::OneTimeLinkView,
    },
    domain::link::LinkToken,
};

/// Returns what a one-time link is for.
///
/// - Open to everyone who has the link. It uses nothing up.
/// - Rejects a link that is unknown, used, replaced, withdrawn or expired, and that of an inactive user, with the same
///   error.
/// - Rejects an attempt that comes too soon after unknown links from the same network.
pub struct ReadLink {
    pub(crate) links: Arc<dyn OneTimeLinkReader>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why a link was not shown.
#[derive(Debug, Error)]
pub enum ReadLinkError {
    /// The link is unknown or void, or its user inactive.
    #[error("This link does not work any more. Ask for another one.")]
    LinkNotFound,
    /// Too many unknown links came from the same network.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ReadLink {
    /// Answers the query for a request from `provenance`.
    ///
    /// # Errors
    /// See [`ReadLinkError`].
    pub async fn execute(&self, token: &LinkToken, provenance: &Provenance) -> Result<OneTimeLinkView, ReadLinkError> {
        let subjects = ThrottleSubject::of_link(provenance.address);
        self.throttle
            .attempt(
                &subjects,
                async |_| self.find(token).await,
                |error| matches!(error, ReadLinkError::LinkNotFound),
            )
            .await
            .inspect_err(|error| {
                let reason = match error {
                    ReadLinkError::LinkNotFound => RefusalReason::LinkNotFound,
                    ReadLinkError::Throttled(_) => RefusalReason::Throttled,
                    ReadLinkError::Storage(_) => return,
                };
                self.audit
                    .refused_anonymous(provenance, AuditAction::ReadLink, None, reason);
            })
    }

    async fn find(&self, token: &LinkToken) -> Result<OneTimeLinkView, ReadLinkError> {
        let secret = token.secret().ok_or(ReadLinkError::LinkNotFound)?;
        let link = self.links.find(&secret.digest(), self.clock.now()).await?;
        link.ok_or(ReadLinkError::LinkNotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, invited, user},
        domain::{link::LinkKind, secret::Secret, user::Role},
    };

    #[tokio::test]
    async fn a_link_is_shown_as_often_as_asked_for() {
        let alice = invited("Alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        let expected = OneTimeLinkView {
            user_id: alice.id(),
            username: alice.state().username.clone(),
            kind: LinkKind::Invitation,
            expires_at: world.now() + world.link_lifetimes().invitation,
        };
        for _ in 0..3 * World::FREE_ATTEMPTS {
            assert_eq!(world.read_link(&token).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn an_unknown_or_expired_link_and_that_of_an_inactive_user_are_not_found() {
        let mut alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        let unknown = LinkToken::of(&Secret::new([255; 32]));
        for token in [&unknown, &LinkToken::new("?")] {
            assert!(matches!(world.read_link(token).await, Err(ReadLinkError::LinkNotFound)));
        }
        assert_eq!(world.refusals()[0].refusal, Some(RefusalReason::LinkNotFound));

        alice.inactivate(world.now());
        world.store().replace_user(&alice);
        assert!(matches!(
            world.read_link(&token).await,
            Err(ReadLinkError::LinkNotFound)
        ));
        alice.reactivate(world.now());
        world.store().replace_user(&alice);
        world.read_link(&token).await.unwrap();
        world.advance(world.link_lifetimes().recovery);
        assert!(matches!(
            world.read_link(&token).await,
            Err(ReadLinkError::LinkNotFound)
        ));
    }

    #[tokio::test]
    async fn unknown_links_from_one_network_have_to_wait() {
        let world = World::new();
        let unknown = LinkToken::of(&Secret::new([255; 32]));
        for _ in 0..World::FREE_ATTEMPTS {
            let refusal = world.read_link(&unknown).await;
            assert!(matches!(refusal, Err(ReadLinkError::LinkNotFound)));
        }
        let refusal = world.read_link(&unknown).await;
        assert!(matches!(refusal, Err(ReadLinkError::Throttled(_))));
        assert!(
            world
                .refusals()
                .iter()
                .any(|event| event.refusal == Some(RefusalReason::Throttled))
        );
    }
}
