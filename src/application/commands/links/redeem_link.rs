use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::{AuditAction, Provenance, RefusalReason},
        commands::{NewPasswordError, NewPasswords},
        ports::{Clock, HashClient, HashingError, OneTimeLinkReader, PasswordHasher, StorageError, UnitOfWork},
        throttle::{Throttle, ThrottleSubject, Throttled},
    },
    domain::link::LinkToken,
};

/// Redeems a one-time link: sets the password of its user.
///
/// - Open to everyone who has the link.
/// - Ends all sessions of the user, makes the user's known devices unknown, and clears failed log-ins, also those from
///   the address of the request. Begins no session.
/// - The link is void afterwards. Of parallel attempts one succeeds, because the user is locked.
/// - Rejects a link that is unknown, used, replaced, withdrawn or expired, and that of an inactive user, with the same
///   error.
/// - Rejects a password that is not [accepted](NewPasswords). The link stays as it is then.
/// - Rejects an attempt that comes too soon after unknown links from the same network. Other failures are not counted.
/// - Hashes the password before the transaction, and then checks the link again.
pub struct RedeemLink {
    pub(crate) links: Arc<dyn OneTimeLinkReader>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) new_passwords: Arc<NewPasswords>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The link, and the password to set.
#[derive(Debug)]
pub struct RedeemLinkRequest {
    /// The token of the link.
    pub token: LinkToken,
    /// The new password.
    pub password: SecretString,
    /// Where the request comes from.
    pub provenance: Provenance,
}

/// Why no password was set.
#[derive(Debug, Error)]
pub enum RedeemLinkError {
    /// The link is unknown or void, or its user inactive.
    #[error("This link does not work any more. Ask for another one.")]
    LinkNotFound,
    /// The password was not accepted.
    #[error(transparent)]
    NewPassword(#[from] NewPasswordError),
    /// Too many unknown links came from the same network.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RedeemLink {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`RedeemLinkError`].
    pub async fn execute(&self, request: RedeemLinkRequest) -> Result<(), RedeemLinkError> {
        let subjects = ThrottleSubject::of_link(request.provenance.address);
        self.throttle
            .attempt(
                &subjects,
                async |_| self.redeem(&request).await,
                |error| matches!(error, RedeemLinkError::LinkNotFound),
            )
            .await
            .inspect_err(|error| {
                let reason = match error {
                    RedeemLinkError::LinkNotFound => RefusalReason::LinkNotFound,
                    RedeemLinkError::Throttled(_) => RefusalReason::Throttled,
                    _ => return,
                };
                self.audit
                    .refused_anonymous(&request.provenance, AuditAction::RedeemLink, None, reason);
            })
    }

    async fn redeem(&self, request: &RedeemLinkRequest) -> Result<(), RedeemLinkError> {
        let secret = request.token.secret().ok_or(RedeemLinkError::LinkNotFound)?;
        let (digest, client) = (secret.digest(), HashClient::anonymous(&request.provenance));
        let link = self.links.find(&digest, self.clock.now()).await?;
        let link = link.ok_or(RedeemLinkError::LinkNotFound)?;
        let password = request.password.expose_secret();
        let password = self.new_passwords.check(password, &link.username).await?;
        let password_hash = self.password_hasher.hash(client, password).await?;

        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let user = transaction.users().find_by_id_for_update(link.user_id).await?;
        let mut user = user.ok_or(RedeemLinkError::LinkNotFound)?;
        let stored = transaction.links().find_of(user.id()).await?;
        if !stored.is_some_and(|stored| stored.admits(&digest, &user, now)) {
            return Err(RedeemLinkError::LinkNotFound);
        }
        user.change_password(password_hash, now);
        transaction.users().save(&user).await?;
        transaction.sessions().delete_all_of(user.id(), None).await?;
        transaction.links().delete_of(user.id()).await?;
        let address = request.provenance.address;
        self.throttle.forget(transaction.as_ref(), &user, address).await?;
        let actor = ConfirmedActor::new(&user, None, &request.provenance);
        self.audit
            .record(transaction.as_ref(), &actor, AuditAction::RedeemLink, user.id(), now)
            .await?;
        transaction.commit().await?;
        log::info!("user {} set a password by a link", user.id());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        application::testing::{PASSWORD, World, hash_of, invited, log_in_request, provenance, user},
        domain::{link::LinkKind, secret::Secret, user::Role},
    };

    const NEW: &str = "battery staple";

    async fn redeem(world: &World, token: &LinkToken, password: &str) -> Result<(), RedeemLinkError> {
        let request = RedeemLinkRequest {
            token: token.clone(),
            password: password.into(),
            provenance: provenance(),
        };
        world.redeem_link().execute(request).await
    }

    fn unknown() -> LinkToken {
        LinkToken::of(&Secret::new([255; 32]))
    }

    #[tokio::test]
    async fn an_invited_user_sets_a_password_and_can_log_in() {
        let alice = invited("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        assert_eq!(world.read_link(&token).await.unwrap().kind, LinkKind::Invitation);
        redeem(&world, &token, NEW).await.unwrap();
        assert_eq!(
            world.user(alice.id()).await.unwrap().password_hash(),
            Some(&hash_of(NEW))
        );
        assert_eq!(world.session_count(), 1, "only the admin's");
        assert_eq!(world.done().last(), Some(&(AuditAction::RedeemLink, alice.id())));
        world.log_in().execute(log_in_request("alice", NEW)).await.unwrap();
    }

    #[tokio::test]
    async fn sessions_end_devices_are_unknown_and_failed_log_ins_are_forgotten() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let session = world.begin_session(&alice);
        let token = world.link_to(&alice).await;
        for _ in 0..2 * World::FREE_ATTEMPTS {
            let _ = world.log_in().execute(log_in_request("alice", "wrong")).await;
        }
        let buckets = world.throttle_bucket_count();
        redeem(&world, &token, NEW).await.unwrap();
        assert!(!world.is_live(&session).await);
        assert!(world.throttle_bucket_count() <= buckets);
        world.log_in().execute(log_in_request("alice", NEW)).await.unwrap();
        let stored = world.user(alice.id()).await.unwrap();
        assert_ne!(stored.credentials_generation(), alice.credentials_generation());
    }

    #[tokio::test]
    async fn a_link_works_once() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        redeem(&world, &token, NEW).await.unwrap();
        let refusal = redeem(&world, &token, PASSWORD).await;
        assert!(matches!(refusal, Err(RedeemLinkError::LinkNotFound)));
        assert_eq!(
            world.user(alice.id()).await.unwrap().password_hash(),
            Some(&hash_of(NEW))
        );
    }

    #[tokio::test]
    async fn an_unknown_and_an_expired_link_and_any_other_text_are_the_same() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        world.advance(world.link_lifetimes().recovery);
        for token in [token, unknown(), LinkToken::new("?")] {
            let refusal = redeem(&world, &token, NEW).await;
            assert!(matches!(refusal, Err(RedeemLinkError::LinkNotFound)));
            assert_eq!(world.refusals()[0].refusal, Some(RefusalReason::LinkNotFound));
        }
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }

    #[tokio::test]
    async fn a_link_never_serves_an_inactive_user() {
        let mut alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        alice.inactivate(world.now());
        world.store().replace_user(&alice);
        let refusal = redeem(&world, &token, NEW).await;
        assert!(matches!(refusal, Err(RedeemLinkError::LinkNotFound)));
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }

    #[tokio::test]
    async fn a_user_who_is_inactivated_while_the_password_is_hashed_stays_inactive() {
        let mut alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        alice.inactivate(world.now());
        world.while_hashing({
            let (store, alice) = (world.store(), alice.clone());
            move || store.replace_user(&alice)
        });
        let refusal = redeem(&world, &token, NEW).await;
        assert!(matches!(refusal, Err(RedeemLinkError::LinkNotFound)));
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }

    #[tokio::test]
    async fn a_link_that_is_withdrawn_while_the_password_is_hashed_sets_none() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        world.while_hashing({
            let (store, id) = (world.store(), alice.id());
            move || store.remove_link(id)
        });
        let refusal = redeem(&world, &token, NEW).await;
        assert!(matches!(refusal, Err(RedeemLinkError::LinkNotFound)));
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }

    #[tokio::test]
    async fn a_password_that_breaks_a_rule_uses_nothing_up_and_is_not_counted() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        for _ in 0..2 * World::FREE_ATTEMPTS {
            for password in ["short", "it's her, Alice"] {
                let refusal = redeem(&world, &token, password).await;
                assert!(matches!(refusal, Err(RedeemLinkError::NewPassword(_))));
            }
        }
        redeem(&world, &token, NEW).await.unwrap();
    }

    #[tokio::test]
    async fn a_saturated_hasher_or_a_failed_commit_uses_nothing_up() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        world.saturate_hasher();
        let refusal = redeem(&world, &token, NEW).await;
        assert!(matches!(refusal, Err(RedeemLinkError::Hashing(_))));
        world.store().fail_commits();
        assert!(matches!(
            redeem(&world, &token, NEW).await,
            Err(RedeemLinkError::Storage(_))
        ));
        assert!(
            world.read_link(&token).await.is_err(),
            "reading is counted, which needs storage"
        );
        assert_eq!(world.link_count(), 1);
    }

    #[tokio::test]
    async fn unknown_links_from_one_network_have_to_wait() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        for _ in 0..World::FREE_ATTEMPTS {
            assert!(matches!(
                redeem(&world, &unknown(), NEW).await,
                Err(RedeemLinkError::LinkNotFound)
            ));
        }
        let refusal = redeem(&world, &token, NEW).await;
        assert!(matches!(refusal, Err(RedeemLinkError::Throttled(_))));
        world.advance(World::FIRST_DELAY + TimeDelta::milliseconds(1));
        redeem(&world, &token, NEW).await.unwrap();
    }
}
