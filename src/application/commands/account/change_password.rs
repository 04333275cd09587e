use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        Actor,
        authorization::{NotAuthorized, Permission, authorize},
        commands::{ConfirmActorError, confirm_actor::confirm_actor},
        ports::{
            AccessToken, AccessTokens, Clock, Credentials, HashingError, IdentityReader, IssueError, PasswordHasher,
            Random, RandomExt, StorageError, UnitOfWork,
        },
    },
    domain::{
        session::{SessionLifetime, SessionSecret},
        user::{InvalidPassword, InvalidUsername, PasswordPolicy, RawPassword, Role, UserId, Username},
    },
};

/// Gives a user another password.
///
/// - Open to every authenticated caller for their own account, told by its id; to admins for users, to super admins for users
///   and admins.
/// - One's own needs the current password, ends every other session, and gives this one a new token.
/// - A subordinate's needs no current password and ends all sessions of that user.
/// - Refuses a plain user who names anyone else before it is told whether there is such a user.
/// - Passwords are hashed before the transaction. In it the actor is confirmed, and on the locked user it is looked again
///   whether the verified password is still the stored one.
pub struct ChangePassword {
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
    pub(crate) password_policy: PasswordPolicy,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// The change to make.
#[derive(Debug)]
pub struct ChangePasswordRequest {
    /// The user.
    pub username: String,
    /// The new password.
    pub password: SecretString,
    /// The current password; needed for one's own account only.
    pub current_password: Option<SecretString>,
}

/// Why the password was not changed.
#[derive(Debug, Error)]
pub enum ChangePasswordError {
    /// The actor may not change this user's password.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor may not do so any more.
    #[error(transparent)]
    Actor(#[from] ConfirmActorError),
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// The new password breaks a rule.
    #[error(transparent)]
    InvalidPassword(#[from] InvalidPassword),
    /// Nobody has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The current password is missing or not the user's.
    #[error("To change your own password, give your current one as `current_password`.")]
    WrongCurrentPassword,
    /// A password could not be hashed or verified.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The new token could not be signed.
    #[error(transparent)]
    Token(#[from] IssueError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ChangePassword {
    /// Executes the command. If it was the actor's own password, returns the token that opens the session from now on.
    ///
    /// # Errors
    /// As [`ChangePasswordError`] says; then nothing has changed.
    pub async fn execute(
        &self,
        actor: &Actor,
        request: ChangePasswordRequest,
    ) -> Result<Option<AccessToken>, ChangePasswordError> {
        let username = Username::new(request.username);
        let target = match &username {
            Ok(username) => self.identities.find_credentials(username).await?,
            Err(_) => None,
        };
        let own = target.as_ref().filter(|target| target.user_id == actor.id());
        if own.is_none() {
            // Whoever manages nobody stops here, before it shows whether there is such a user.
            authorize(actor, Permission::ManageRole(Role::User))?;
        }
        username?;
        let password = RawPassword::new(request.password.expose_secret(), &self.password_policy)?;

        if let Some(own) = own {
            let current = request
                .current_password
                .ok_or(ChangePasswordError::WrongCurrentPassword)?;
            let current = RawPassword::attempt(current.expose_secret());
            self.change_own(actor, own, current, password).await.map(Some)
        } else {
            let target = target.ok_or(ChangePasswordError::UserNotFound)?;
            self.change_subordinates(actor, target.user_id, password).await?;
            Ok(None)
        }
    }

    async fn change_own(
        &self,
        actor: &Actor,
        credentials: &Credentials,
        current: RawPassword,
        password: RawPassword,
    ) -> Result<AccessToken, ChangePasswordError> {
        let stored_hash = credentials.password_hash.clone();
        if !self.password_hasher.verify(current, Some(stored_hash)).await? {
            return Err(ChangePasswordError::WrongCurrentPassword);
        }
        let password_hash = self.password_hasher.hash(password).await?;

        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let mut user = transaction
            .users()
            .find_by_id_for_update(actor.id())
            .await?
            .filter(|user| user.is_active())
            .ok_or(ConfirmActorError::NotAuthenticated)?;
        if *user.password_hash() != credentials.password_hash {
            return Err(ChangePasswordError::WrongCurrentPassword);
        }
        let mut session = transaction
            .sessions()
            .find_live_for_update(actor.session_id, now)
            .await?
            .ok_or(ConfirmActorError::NotAuthenticated)?;

        let secret = SessionSecret::new(self.random.bytes());
        user.change_password(password_hash, now);
        session.replace_secret(&secret, &self.session_lifetime, now);
        let access_token = self.access_tokens.issue(&secret, now, session.expires_at())?;

        transaction.users().save(&user).await?;
        transaction
            .sessions()
            .delete_all_of(user.id(), Some(session.id()))
            .await?;
        transaction.sessions().save(&session).await?;
        transaction.commit().await?;
        log::info!(
            "user {} changed their password, session {} goes on",
            user.id(),
            session.id()
        );
        Ok(access_token)
    }

    async fn change_subordinates(
        &self,
        actor: &Actor,
        target: UserId,
        password: RawPassword,
    ) -> Result<(), ChangePasswordError> {
        let password_hash = self.password_hasher.hash(password).await?;

        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let actor = confirm_actor(transaction.as_ref(), actor, Role::User, now).await?;
        let mut user = transaction
            .users()
            .find_by_id_for_update(target)
            .await?
            .ok_or(ChangePasswordError::UserNotFound)?;
        authorize(&actor, Permission::ManageUser(&user))?;

        user.change_password(password_hash, now);
        transaction.users().save(&user).await?;
        transaction.sessions().delete_all_of(user.id(), None).await?;
        transaction.commit().await?;
        log::info!("user {} changed the password of user {}", actor.id(), user.id());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        application::testing::{PASSWORD, World, hash_of, user},
        domain::user::{PasswordHash, User},
    };

    const NEW_PASSWORD: &str = "battery staple";

    fn request(username: &str, password: &str, current: Option<&str>) -> ChangePasswordRequest {
        ChangePasswordRequest {
            username: username.into(),
            password: password.into(),
            current_password: current.map(SecretString::from),
        }
    }

    async fn stored_hash(world: &World, user: &User) -> PasswordHash {
        world.user(user.id()).await.unwrap().password_hash().clone()
    }

    #[tokio::test]
    async fn ones_own_ends_every_other_session_and_gives_this_one_a_new_token() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        let elsewhere = world.begin_session(&alice);

        let token = world
            .change_password()
            .execute(&here.actor, request("ALICE", NEW_PASSWORD, Some(PASSWORD)))
            .await
            .unwrap();
        assert_eq!(stored_hash(&world, &alice).await, hash_of(NEW_PASSWORD));
        assert!(!world.is_live(&elsewhere).await);
        assert!(!world.is_live(&here).await, "the old token must not open the session");
        assert!(world.authenticate().execute(token.as_ref()).await.is_ok());
    }

    #[rstest]
    #[case::missing(None)]
    #[case::wrong(Some("wrong horse"))]
    #[case::against_the_policy(Some(""))]
    #[tokio::test]
    async fn ones_own_needs_the_current_password(#[case] current: Option<&str>) {
        let alice = user("alice", Role::SuperAdmin);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        let refusal = world
            .change_password()
            .execute(&here.actor, request("alice", NEW_PASSWORD, current))
            .await;
        assert!(matches!(refusal, Err(ChangePasswordError::WrongCurrentPassword)));
        assert_eq!(stored_hash(&world, &alice).await, hash_of(PASSWORD));
        assert!(world.is_live(&here).await);
    }

    #[tokio::test]
    async fn a_subordinates_needs_none_and_ends_all_sessions_of_that_user() {
        let (admin, alice) = (user("admin", Role::Admin), user("alice", Role::User));
        let world = World::with([admin.clone(), alice.clone()]).await;
        let here = world.begin_session(&admin);
        let theirs = world.begin_session(&alice);

        let token = world
            .change_password()
            .execute(&here.actor, request("alice", NEW_PASSWORD, None))
            .await
            .unwrap();
        assert_eq!(token, None);
        assert_eq!(stored_hash(&world, &alice).await, hash_of(NEW_PASSWORD));
        assert!(!world.is_live(&theirs).await);
        assert!(world.is_live(&here).await);
    }

    #[rstest]
    #[case::user_for_user(Role::User, Role::User)]
    #[case::admin_for_admin(Role::Admin, Role::Admin)]
    #[case::admin_for_super_admin(Role::Admin, Role::SuperAdmin)]
    #[case::super_admin_for_another(Role::SuperAdmin, Role::SuperAdmin)]
    #[tokio::test]
    async fn nobody_changes_the_password_of_equals_or_betters(#[case] role: Role, #[case] target: Role) {
        let (caller, target) = (user("caller", role), user("target", target));
        let world = World::with([caller.clone(), target.clone()]).await;
        let here = world.begin_session(&caller);
        let refusal = world
            .change_password()
            .execute(&here.actor, request("target", NEW_PASSWORD, None))
            .await;
        assert!(matches!(refusal, Err(ChangePasswordError::NotAuthorized(_))));
        assert_eq!(stored_hash(&world, &target).await, hash_of(PASSWORD));
    }

    #[tokio::test]
    async fn a_plain_user_does_not_learn_which_names_exist() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone(), user("brian", Role::User)]).await;
        let here = world.begin_session(&alice);
        for username in ["brian", "nobody", "?"] {
            let refusal = world
                .change_password()
                .execute(&here.actor, request(username, "x", None))
                .await;
            assert!(matches!(refusal, Err(ChangePasswordError::NotAuthorized(_))));
        }
    }

    #[tokio::test]
    async fn an_admin_is_told_which_rule_is_broken_or_that_nobody_has_the_name() {
        let admin = user("admin", Role::Admin);
        let world = World::with([admin.clone(), user("alice", Role::User)]).await;
        let here = world.begin_session(&admin);
        let change_password = world.change_password();
        assert!(matches!(
            change_password
                .execute(&here.actor, request("?", NEW_PASSWORD, None))
                .await,
            Err(ChangePasswordError::InvalidUsername(_))
        ));
        assert!(matches!(
            change_password
                .execute(&here.actor, request("alice", "short", None))
                .await,
            Err(ChangePasswordError::InvalidPassword(_))
        ));
        assert!(matches!(
            change_password
                .execute(&here.actor, request("nobody", NEW_PASSWORD, None))
                .await,
            Err(ChangePasswordError::UserNotFound)
        ));
    }

    #[tokio::test]
    async fn an_admin_who_is_logged_out_while_the_password_is_hashed_changes_nothing() {
        let (admin, alice) = (user("admin", Role::Admin), user("alice", Role::User));
        let world = World::with([admin.clone(), alice.clone()]).await;
        let here = world.begin_session(&admin);
        world.while_hashing({
            let (store, session) = (world.store(), here.actor.session_id);
            move || store.remove_session(session)
        });
        let refusal = world
            .change_password()
            .execute(&here.actor, request("alice", NEW_PASSWORD, None))
            .await;
        assert!(matches!(
            refusal,
            Err(ChangePasswordError::Actor(ConfirmActorError::NotAuthenticated))
        ));
        assert_eq!(stored_hash(&world, &alice).await, hash_of(PASSWORD));
    }

    #[tokio::test]
    async fn a_password_that_another_request_replaced_meanwhile_is_no_longer_current() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        world.while_hashing({
            let store = world.store();
            let mut alice = alice.clone();
            alice.change_password(hash_of("taken over"), world.now());
            move || store.replace_user(&alice)
        });
        let refusal = world
            .change_password()
            .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
            .await;
        assert!(matches!(refusal, Err(ChangePasswordError::WrongCurrentPassword)));
        assert_eq!(stored_hash(&world, &alice).await, hash_of("taken over"));
    }

    #[tokio::test]
    async fn a_session_that_ended_meanwhile_changes_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        world.while_hashing({
            let store = world.store();
            let id = here.actor.session_id;
            move || store.remove_session(id)
        });
        let refusal = world
            .change_password()
            .execute(&here.actor, request("alice", NEW_PASSWORD, Some(PASSWORD)))
            .await;
        assert!(matches!(
            refusal,
            Err(ChangePasswordError::Actor(ConfirmActorError::NotAuthenticated))
        ));
        assert_eq!(stored_hash(&world, &alice).await, hash_of(PASSWORD));
    }
}
